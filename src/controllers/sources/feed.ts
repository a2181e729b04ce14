import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'

/** Nodes of which a feed has something new to say; `everything`: it was lost, or is back. */
export interface FeedChange {
  readonly everything: boolean
  readonly nodeNames: readonly string[]
}

/** One kind of evidence, kept warm in every replica. */
export interface Feed {
  /** What was heard last, as long as it is young enough. */
  readonly seen: (nodeName: string) => Partial<SourcesSeen>
  /** The same, asked anew where one of these signals rests on it. */
  readonly fresh: (nodeName: string, signals: readonly Signal[]) => Promise<Partial<SourcesSeen>>
  readonly onChange: (handler: (change: FeedChange) => void) => void
  /** Whether it can be asked at all, by name. Left out: nobody is asked. */
  readonly health?: () => readonly SourceHealth[]
}

/** Who wants to hear of a feed. */
export class Listeners {
  readonly #handlers = new Set<(change: FeedChange) => void>()

  readonly add = (handler: (change: FeedChange) => void): void => {
    this.#handlers.add(handler)
  }

  tell(change: FeedChange): void {
    if (!change.everything && change.nodeNames.length === 0) return
    for (const handler of this.#handlers) handler(change)
  }
}
