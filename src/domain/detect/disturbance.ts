import type { Instant, Mono } from '../../kernel/time.ts'

/**
 * Something happened to this process or to its clock: it stood still, it could not reach the API server, the time was set. What
 * it measured across that moment means nothing, so holds begin anew and nothing is started or treated until it has settled.
 */
export interface Disturbance {
  readonly reason: 'ClockJumped' | 'SignalStale'
  /** One sentence with size and moment, stable while the disturbance lasts: it goes into objects. */
  readonly message: string
  /** When it was noticed. Tells one disturbance from the next. */
  readonly at: Mono
  readonly time: Instant
  readonly ms: number
}

/** Why nothing may be started or treated right now; undefined: nothing stands in the way. Clean-up goes on. */
export type Frozen = Pick<Disturbance, 'reason' | 'message'> | undefined
