import type { Instant } from '../../kernel/time.ts'

/**
 * How long this process has watched the run where it stands, on its own monotonic clock and without a disturbance. After a restart
 * it begins at zero: when in doubt, the full time is waited again.
 */
export interface Watched {
  /** In this step, and in this stage of its treatment. */
  readonly stepMs: number
  /** In this stretch of stability. */
  readonly stableMs: number
}

interface Begun {
  /** The stored moment, by the cluster's clock. */
  readonly since: Instant
  readonly watchedMs: number
}

/**
 * How much is left of a time that began at a stored moment. It is over when both clocks say so: a clock that was set forward ends
 * nothing, and neither does one that runs too fast. A beginning that lies in the future was stamped before the clock was set back:
 * then the watch alone counts.
 */
export function leftMs({ since, watchedMs }: Begun, durationMs: number, now: Instant): number {
  const byWatch = durationMs - watchedMs
  const byStamp = now < since ? 0 : durationMs - (now - since)
  return Math.max(0, byWatch, byStamp)
}
