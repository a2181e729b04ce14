import { expect, test } from 'vitest'
import { Prng } from '../kernel/prng.ts'
import { backoffMs } from './backoff.ts'

const limits = { firstMs: 800, longestMs: 30_000 }

test.each([
  [0, 400, 800],
  [1, 800, 1_600],
  [6, 15_000, 30_000],
  [5_000, 15_000, 30_000],
])('after %i failures the wait is between %i and %i ms', (failures, shortest, longest) => {
  for (let seed = 0; seed < 50; seed += 1) {
    const ms = backoffMs(limits, failures, new Prng(seed))
    expect(ms).toBeGreaterThanOrEqual(shortest)
    expect(ms).toBeLessThanOrEqual(longest)
  }
})

test('those who failed together part', () => {
  expect(new Set([1, 2, 3, 4].map((seed) => backoffMs(limits, 3, new Prng(seed)))).size).toBe(4)
})
