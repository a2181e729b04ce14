import { expect, test } from 'vitest'
import { healingCheck } from './judge.ts'

test('30 s are in time, and no more', () => {
  expect([healingCheck(30_000).holds, healingCheck(30_001).holds, healingCheck(Number.NaN).holds]).toEqual([
    true,
    false,
    false,
  ])
})
