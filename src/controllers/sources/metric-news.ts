import type { Signal } from '../../api/v1alpha1/signal.ts'
import { queryFreshnessSeconds, wordsOf } from '../../domain/detect/sources/query.ts'
import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import { eachInTurns } from '../../runtime/in-turns.ts'
import type { FeedChange } from './feed.ts'
import type { MetricIndex } from './metric-index.ts'
import type { LastHeard, MetricsHeard } from './metric-server.ts'
import { Unsettled } from './unsettled.ts'

export type QuerySignal = Signal & { readonly query: QuerySettings }

interface MetricNewsPorts {
  readonly last: (query: QuerySettings) => LastHeard
  readonly indexed: (query: QuerySettings, heard: MetricsHeard) => MetricIndex
  readonly clock: Pick<Clock, 'mono' | 'sleep'>
}

/** Of one server: who has to look again because of what it has said since it was last told. */
export class MetricNews {
  readonly #ports: MetricNewsPorts
  #told = new Map<string, Told>()

  constructor(ports: MetricNewsPorts) {
    this.#ports = ports
  }

  async since(signals: readonly QuerySignal[]): Promise<FeedChange> {
    const before = this.#told
    this.#told = new Map()
    const changes: FeedChange[] = []
    for (const signal of signals) {
      const key = [queryKey(signal.query), signal.samples?.of, signal.freshnessSeconds].join(' ')
      if (this.#told.has(key)) continue
      const told = before.get(key) ?? { unsettled: new Unsettled() }
      const now = { ...this.#ports.last(signal.query), unsettled: told.unsettled }
      this.#told.set(key, now)
      changes.push(await this.#changeOf(signal, told, now))
    }
    return {
      everything: changes.some(({ everything }) => everything),
      nodeNames: [...new Set(changes.flatMap(({ nodeNames }) => nodeNames))].toSorted(),
    }
  }

  async #changeOf(signal: QuerySignal, before: LastHeard, now: Told): Promise<FeedChange> {
    const { heard } = now
    if (heard === undefined) return { everything: before.problem !== now.problem, nodeNames: [] }
    if (heard === before.heard) return { everything: false, nodeNames: [] }
    const { query, samples } = signal
    const isBack = before.heard?.partial !== heard.partial || isStale(signal, before.heard, this.#ports.clock.mono())
    const changed = await this.#changedNodes(query, before.heard, heard)
    if (samples === undefined) return { everything: isBack, nodeNames: changed }
    const counted = now.unsettled.after(changed, samples.of)
    return { everything: isBack || counted.everything, nodeNames: counted.nodeNames }
  }

  /** Nodes of which the answers say something else: a value that moves on its side of the threshold is no news. */
  async #changedNodes(query: QuerySettings, before: MetricsHeard | undefined, heard: MetricsHeard) {
    const { indexed, clock } = this.#ports
    const [old, now] = [before === undefined ? nothing : indexed(query, before).byNode, indexed(query, heard).byNode]
    const changed: string[] = []
    await eachInTurns(new Set([...old.keys(), ...now.keys()]), clock, (name) => {
      if (wordsOf(query, old.get(name) ?? []) !== wordsOf(query, now.get(name) ?? [])) changed.push(name)
    })
    return changed
  }
}

const nothing: MetricIndex['byNode'] = new Map()

interface Told extends LastHeard {
  readonly unsettled: Unsettled
}

/** Whoever looked meanwhile has seen it as Unknown. */
const isStale = (
  { freshnessSeconds = queryFreshnessSeconds }: Signal,
  heard: MetricsHeard | undefined,
  at: Mono,
): boolean => heard === undefined || at - heard.atMono > seconds(freshnessSeconds)
