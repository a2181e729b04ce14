import type { Instant, Mono } from '../kernel/time.ts'

export interface Clock {
  /** The wall: to compare with times in objects. May jump. */
  readonly now: () => Instant
  /** Monotonic: for holds, timeouts and leases. Never goes into an object. */
  readonly mono: () => Mono
  /** Resolves after `ms`, or at once when the signal is aborted: whoever sleeps looks again anyway. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}
