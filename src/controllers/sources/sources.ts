import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { AlertPoll } from '../alert-poll.ts'

interface Feeds {
  readonly alerts: Pick<AlertPoll, 'seen' | 'fresh'>
}

/** Joins what every source says of one node. */
export class Sources {
  readonly #feeds: Feeds

  constructor(feeds: Feeds) {
    this.#feeds = feeds
  }

  /** What was heard last, while it is young enough. */
  readonly seen = (_nodeName: string): SourcesSeen => ({ ...unwatched, alerts: this.#feeds.alerts.seen() })

  /** Asks those sources again that these signals rest on: what licenses an act must not be older than the question. */
  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<SourcesSeen> => {
    const seen = this.seen(nodeName)
    if (!signals.some(({ alert }) => alert !== undefined)) return seen
    return { ...seen, alerts: await this.#feeds.alerts.fresh() }
  }
}

/** What nobody feeds yet. */
const unwatched: Omit<SourcesSeen, 'alerts'> = {
  queries: {},
  events: { kind: 'Unavailable', message: 'events are not watched' },
  pods: { kind: 'Unavailable', message: 'pods are not watched' },
  lease: { kind: 'Unavailable', message: 'leases are not watched' },
}
