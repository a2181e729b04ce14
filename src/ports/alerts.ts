import type { Instant } from '../kernel/time.ts'

/** The alerts of one Alertmanager, polled: its API is the truth, a webhook only a hint to poll sooner. */
export interface Alerts {
  /** Rejects with UnavailableError (unreachable, 5xx), TimeoutError, or RefusedError (an answer that is no alert list). */
  readonly list: () => Promise<readonly Alert[]>
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly startsAt: Instant
  readonly updatedAt: Instant
  /** Silenced and inhibited alerts fire all the same; people hear less of them. */
  readonly state: 'active' | 'suppressed' | 'unprocessed'
  readonly fingerprint: string
}
