import type { Alert } from '../../api/alert.ts'
import type { ConditionStatus } from '../../api/core/node.ts'
import type { Instant, Mono } from '../../kernel/time.ts'

/**
 * What the Alertmanagers last said. Unavailable: at least one could not be asked lately, so an alert that is not among `alerts`
 * may fire all the same; one that is, fires.
 */
export type AlertsSeen =
  | { readonly kind: 'Known'; readonly at: Instant; readonly atMono: Mono; readonly alerts: readonly Alert[] }
  | {
      readonly kind: 'Unavailable'
      readonly reason: 'SourceUnavailable'
      /** Stable while the outage lasts: it goes into objects. */
      readonly message: string
      readonly sinceMono: Mono
      readonly alerts: readonly Alert[]
    }

/** What one signal says of one node right now, before any hold. */
export interface SignalClaim {
  readonly name: string
  readonly state: ConditionStatus
  /** Why it is Unknown. */
  readonly reason: UnknownReason | undefined
  /** One sentence without ages: it goes into objects, and an idle cluster sees no writes. */
  readonly message: string
  /** Since when, as its source says. Compared for change only: whose clock that is nobody knows. */
  readonly saidSince?: string | undefined
}

export type UnknownReason = 'SignalStale' | 'SignalMissing' | 'SourceUnavailable'

/** How old evidence may be where the signal does not say: three heartbeats of five minutes, four polls of 30 s. */
export const conditionFreshnessSecondsDefault = 900
export const alertFreshnessSecondsDefault = 120
