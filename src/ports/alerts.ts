import type { Alert } from '../api/alert.ts'

/**
 * What becomes of a hint that there is news. NotPolled: nobody polls now, and nobody has listened. NotLeading: this replica looks
 * as well, and another one acts.
 */
export type HintAnswer = 'Taken' | 'NotPolled' | 'NotLeading'

/** The alerts of one Alertmanager, polled: its API is the truth, a webhook only a hint to poll sooner. */
export interface Alerts {
  /** Name of the source, for people. */
  readonly name: string
  /** Rejects with UnavailableError (unreachable, 5xx), TimeoutError, or RefusedError (an answer that is no alert list). */
  readonly list: () => Promise<AlertList>
}

/** All that one Alertmanager has been told of and that has not ended. It keeps nothing over a restart. */
export interface AlertList {
  readonly alerts: readonly Alert[]
  /** How long, by its own clock, the process has been up that listed them, or one that came after it; or why it does not say. */
  readonly up: { readonly ms: number } | { readonly problem: string }
}
