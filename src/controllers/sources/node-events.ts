import { type CoreEvent, coreEventKind } from '../../api/core/core-event.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { isCutShort, tooManyEvents } from '../../domain/detect/sources/node-event.ts'
import { noticeEventMs } from '../../domain/detect/sources/notice.ts'
import type { EventsSeen, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { causeText } from '../../runtime/complaint.ts'
import { EventTally } from './event-tally.ts'
import { type Feed, Listeners } from './feed.ts'
import type { Watch } from './watch-when-asked.ts'
import { type Asks, hasLeft, type Leaving, watchedHealth } from './watched-source.ts'

export interface NodeEventPorts {
  readonly clock: Pick<Clock, 'now' | 'mono'>
  readonly reader: ClusterReader
  /** Of Events that are about nodes. */
  readonly watch: Watch<CoreEvent>
  readonly nodes: Leaving
  readonly asks: Asks
}

/**
 * Where Events about nodes count. Those of a thing without a namespace belong into `default`; in a namespace of its own a tenant may
 * write what it likes of any node.
 */
const administered: ReadonlySet<string> = new Set(['default', 'kube-system'])

/** Events about nodes. */
export class NodeEvents implements Feed {
  readonly #ports: NodeEventPorts
  readonly #tally: EventTally
  readonly #listeners = new Listeners()

  constructor(ports: NodeEventPorts, tally = new EventTally()) {
    this.#ports = ports
    this.#tally = tally
    ports.watch.onChange(({ old, new: event }) => {
      if (event === undefined) {
        if (old !== undefined) this.#expired(old)
      } else {
        const before = this.#missingUntil()
        if (!this.#note(event)) return
        // Room was made at the cost of others: of each of them less is known.
        const everything = this.#missingUntil() !== before
        this.#listeners.tell({ everything, nodeNames: everything ? [] : [event.regarding.name] })
      }
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
    const ofKind = (kind: 'nodeEvent' | 'notice', reaches: (signal: Signal) => boolean): readonly SourceHealth[] => {
      const problem = watch.problem() ?? (asks(reaches) ? tooManyEvents : undefined)
      return watchedHealth({ name: 'events', kinds: [kind], problem, silentForMs: watch.silentForMs() }, asks)
    }
    return [
      ...ofKind(
        'nodeEvent',
        ({ nodeEvent }) => nodeEvent !== undefined && this.#isCut(seconds(nodeEvent.windowSeconds)),
      ),
      ...ofKind('notice', ({ notice }) => notice !== undefined && this.#isCut(noticeEventMs)),
    ]
  }

  /** The last Events of a node come after it has left. */
  #expired(event: CoreEvent): void {
    this.#tally.expired(event)
    const { name } = event.regarding
    if (hasLeft(this.#ports.nodes, name)) this.#tally.forgetNode(name)
  }

  /** Whether a signal that looks back so far meets the gap that too many events have left. */
  #isCut(reachMs: number): boolean {
    return isCutShort({ missingUntil: this.#missingUntil() }, this.#ports.clock.mono(), reachMs)
  }

  #note(event: CoreEvent): boolean {
    if (!administered.has(event.metadata.namespace)) return false
    const { clock } = this.#ports
    return this.#tally.note(event, { now: clock.now(), mono: clock.mono() })
  }

  #events(nodeName: string, problem: string | undefined): EventsSeen {
    const kept = this.#kept(nodeName)
    return problem === undefined ? kept : { ...kept, kind: 'Unavailable', message: problem }
  }

  readonly #missingUntil = (): Mono | undefined => this.#tally.missingUntil(this.#ports.clock.mono())

  #kept(nodeName: string): Extract<EventsSeen, { readonly kind: 'Known' }> {
    const missingUntil = this.#missingUntil()
    return { kind: 'Known', heard: this.#tally.of(nodeName), ...(missingUntil !== undefined && { missingUntil }) }
  }
}
