import { expect, test } from 'vitest'
import { toldCheck } from './judge.ts'

test.each([
  [['Off', 'On'], true],
  [['Off'], false],
  [['Off', 'On', 'Off', 'On'], false],
  [[], false],
])('%j is once off and once on: %s', (told, holds) => {
  expect(toldCheck(told).holds).toBe(holds)
})
