import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { AlertsSeen } from '../../domain/detect/evidence.ts'
import type { SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import type { AlertPoll } from '../alert-poll.ts'
import type { Feed, FeedChange } from './feed.ts'

interface Feeds {
  readonly alerts: Pick<AlertPoll, 'known' | 'fresh' | 'health'>
  readonly feeds?: readonly Feed[]
}

/** Joins what every source says of one node. */
export class Sources {
  readonly #alerts: Feeds['alerts']
  readonly #feeds: readonly Feed[]

  constructor({ alerts, feeds = [] }: Feeds) {
    this.#alerts = alerts
    this.#feeds = feeds
  }

  /** What was heard last, each with its age. */
  readonly seen = (nodeName: string): SourcesSeen =>
    joined(
      this.#alerts.known(nodeName),
      this.#feeds.map((feed) => feed.seen(nodeName)),
    )

  /** Asks those sources again that these signals rest on: what licenses an act must not be older than the question. */
  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<SourcesSeen> => {
    const asksAlerts = signals.some(({ alert }) => alert !== undefined)
    const [alerts, answers] = await Promise.all([
      asksAlerts ? this.#alerts.fresh(nodeName) : this.#alerts.known(nodeName),
      Promise.all(this.#feeds.map(async (feed) => await feed.fresh(nodeName, signals))),
    ])
    return joined(alerts, answers)
  }

  /** Every source that policies may rest on and that can fail by itself, by kind of signal and name. */
  readonly health = (): readonly SourceHealth[] => [
    ...this.#alerts.health(),
    ...this.#feeds.flatMap((feed) => feed.health?.() ?? []),
  ]

  onChange(handler: (change: FeedChange) => void): void {
    for (const feed of this.#feeds) feed.onChange(handler)
  }
}

/** Into one object, and not into one for each part: every look at every node asks. */
function joined(alerts: AlertsSeen, parts: readonly Partial<SourcesSeen>[]): SourcesSeen {
  const all = { ...unwatched, alerts }
  for (const part of parts) Object.assign(all, part)
  return all
}

const message = 'it is not watched'

/** What nobody feeds. */
const unwatched: Omit<SourcesSeen, 'alerts'> = {
  queries: {},
  rules: {},
  events: { kind: 'Unavailable', message, heard: [] },
  pods: { kind: 'Unavailable', message },
  lease: { kind: 'Unavailable', message },
  boots: { kind: 'Unavailable', message },
}
