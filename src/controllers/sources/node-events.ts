import { type CoreEvent, coreEventKind } from '../../api/core/core-event.ts'
import type { Node } from '../../api/core/node.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { EventsSeen, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { Watched } from '../watched.ts'
import { EventTally } from './event-tally.ts'
import { type Feed, Listeners } from './feed.ts'
import type { Watch } from './watch-when-asked.ts'
import { type Asks, watchedHealth } from './watched-source.ts'

export interface NodeEventPorts {
  readonly clock: Pick<Clock, 'now' | 'mono'>
  readonly reader: ClusterReader
  /** Of Events that are about nodes. */
  readonly watch: Watch<CoreEvent>
  readonly nodes: Pick<Watched<Node>, 'onChange'>
  readonly asks: Asks
}

/** Events about nodes. */
export class NodeEvents implements Feed {
  readonly #ports: NodeEventPorts
  readonly #tally = new EventTally()
  readonly #listeners = new Listeners()

  constructor(ports: NodeEventPorts) {
    this.#ports = ports
    ports.watch.onChange(({ old, new: event }) => {
      if (event === undefined) {
        if (old !== undefined) this.#tally.expired(old)
      } else if (this.#note(event)) this.#listeners.tell({ everything: false, nodeNames: [event.regarding.name] })
    })
    ports.watch.onKnown(() => this.#listeners.tell({ everything: true, nodeNames: [] }))
    ports.nodes.onChange(({ key, new: node }) => {
      if (node === undefined) this.#tally.forgetNode(key)
    })
  }

  readonly onChange = this.#listeners.add

  readonly seen = (nodeName: string): Pick<SourcesSeen, 'events'> => ({
    events: this.#events(nodeName, this.#ports.watch.problem()),
  })

  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<Pick<SourcesSeen, 'events'>> => {
    if (!signals.some(({ nodeEvent, notice }) => nodeEvent !== undefined || notice !== undefined))
      return this.seen(nodeName)
    const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${nodeName}`
    try {
      for (const event of await this.#ports.reader.list(coreEventKind, { fieldSelector })) this.#note(event)
      return { events: this.#events(nodeName, undefined) }
    } catch (error) {
      return { events: this.#events(nodeName, `events cannot be read: ${causeText(error)}`) }
    }
  }

  readonly health = (): readonly SourceHealth[] => {
    const { watch, asks } = this.#ports
    const heard = { problem: watch.problem(), silentForMs: watch.silentForMs() }
    return watchedHealth({ name: 'events', kinds: ['nodeEvent', 'notice'], ...heard }, asks)
  }

  #note(event: CoreEvent): boolean {
    const { clock } = this.#ports
    return this.#tally.note(event, { now: clock.now(), mono: clock.mono() })
  }

  #events(nodeName: string, problem: string | undefined): EventsSeen {
    const heard = this.#tally.of(nodeName)
    return problem === undefined ? { kind: 'Known', heard } : { kind: 'Unavailable', message: problem, heard }
  }
}
