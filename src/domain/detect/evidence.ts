import type { Alert } from '../../api/alert.ts'
import type { ConditionStatus } from '../../api/core/node.ts'
import type { Instant, Mono } from '../../kernel/time.ts'

/**
 * What the Alertmanagers last said. Unavailable: at least one could not be asked lately, or has only just started, so an alert that
 * is not among `alerts` may fire all the same; one that is, fires. Where `sources` are noted each answer has its own age, and how
 * old is too old is for the signal to say.
 */
export type AlertsSeen =
  | {
      readonly kind: 'Known'
      readonly at: Instant
      readonly atMono: Mono
      readonly alerts: readonly Alert[]
      readonly sources?: readonly AlertSourceSeen[] | undefined
    }
  | {
      readonly kind: 'Unavailable'
      readonly reason: 'SourceUnavailable'
      /** Stable while the outage lasts: it goes into objects. */
      readonly message: string
      readonly sinceMono: Mono
      readonly alerts: readonly Alert[]
      readonly sources?: readonly AlertSourceSeen[] | undefined
    }

/** What each Alertmanager said by itself: a signal may count the word of one alone. Left out: nobody has noted. */
export interface AlertSourceSeen {
  readonly name: string
  /** Undefined: it did not answer, and `problem` says why. */
  readonly answered?: AlertAnswer | undefined
  /** Why there is no answer, or no newer one. */
  readonly problem?: string | undefined
}

export interface AlertAnswer {
  readonly at: Instant
  readonly atMono: Mono
  /** Why an alert that it does not list may fire all the same. Stable while it lasts: it goes into objects. */
  readonly doubt?: string | undefined
}

/** What one signal says of one node right now, before any hold. */
export interface SignalClaim {
  readonly name: string
  readonly state: ConditionStatus
  /** Why it is Unknown. */
  readonly reason: UnknownReason | undefined
  /** One sentence without ages: it goes into objects, and an idle cluster sees no writes. */
  readonly message: string
  /** What was measured or counted: `value.<signal>` in `when`. */
  readonly value?: number | undefined
  /** Of a source that is polled: which answer this is. */
  readonly sampledAt?: Mono | undefined
  /** Since when, as its source says. Compared for change only: whose clock that is nobody knows. */
  readonly saidSince?: string | undefined
}

export type UnknownReason = 'SignalStale' | 'SignalMissing' | 'SourceUnavailable' | 'BootGraceActive'
