import type { Instant } from '../kernel/time.ts'

/** One alert as an Alertmanager lists it. A hint, never proof: it starts an evaluation that the cluster must confirm. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly startsAt: Instant
  readonly updatedAt: Instant
  /** Silenced and inhibited alerts fire all the same; people hear less of them. */
  readonly state: 'active' | 'suppressed' | 'unprocessed'
  readonly fingerprint: string
  /** Name of the Alertmanager that lists it. Left out: nobody has noted. */
  readonly source?: string | undefined
  /**
   * Names of the nodes that it may be about, among those that there are. None: of no node that we know. Several: nobody can tell
   * of which. Left out: nobody has looked.
   */
  readonly about?: readonly string[] | undefined
}
