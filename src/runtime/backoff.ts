import type { Prng } from '../kernel/prng.ts'

export interface BackoffLimits {
  readonly firstMs: number
  readonly longestMs: number
}

/** Doubles with every failure and never exceeds its limit; half of it is jitter, so that those who failed together part. */
export function backoffMs({ firstMs, longestMs }: BackoffLimits, failures: number, prng: Prng): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, exponentMax))
  return Math.ceil(fullMs / 2) + prng.int(0, Math.floor(fullMs / 2))
}

/** Far beyond every limit, and far below what a float can hold. */
const exponentMax = 30
