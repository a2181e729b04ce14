import type { Instant, Mono } from '../kernel/time.ts'

export interface Clock {
  /** The wall: to compare with times in objects. May jump. */
  readonly now: () => Instant
  /** Monotonic: for holds, timeouts and leases. Never goes into an object. */
  readonly mono: () => Mono
  /** Resolves after `ms`, or at once when the signal is aborted: whoever sleeps looks again anyway. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** The time that all replicas share: what goes into objects, and what is compared with times in them. */
export interface ClusterTime extends Clock {
  /**
   * No later than `now`, and after a step forward as if it had not been made: what is asked whether a stored moment has passed.
   * So a clock that is set forward frees no rate, ends no cool-down and no pause.
   */
  readonly nowAtLeast: () => Instant
}
