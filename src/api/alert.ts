import type { Instant, Mono } from '../kernel/time.ts'

/** One alert as an Alertmanager lists it. A hint, never proof: it starts an evaluation that the cluster must confirm. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly startsAt: Instant
  readonly updatedAt: Instant
  /** When it ends unless it is sent again, by the Alertmanager's clock. Left out: the Alertmanager does not say. */
  readonly endsAt?: Instant | undefined
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
  /**
   * From then on, by our clock, nobody knows whether it fires: its Prometheus should have sent it again, and what lists it repeats
   * itself. Left out: it says no end.
   */
  readonly lapsesMono?: Mono | undefined
}
