import type { Signal } from '../../api/v1alpha1/signal.ts'
import { queryFreshnessSeconds, wordsOf } from '../../domain/detect/sources/query.ts'
import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { FeedChange } from './feed.ts'
import type { MetricIndex } from './metric-index.ts'
import type { LastHeard, MetricsHeard } from './metric-server.ts'
import { Unsettled } from './unsettled.ts'

export type QuerySignal = Signal & { readonly query: QuerySettings }

interface MetricNewsPorts {
  readonly last: (query: QuerySettings) => LastHeard
  readonly indexed: (query: QuerySettings, heard: MetricsHeard) => MetricIndex
  readonly mono: () => Mono
}

/** Of one server: who has to look again because of what it has said since it was last told. */
export class MetricNews {
  readonly #ports: MetricNewsPorts
  #told = new Map<string, Told>()

  constructor(ports: MetricNewsPorts) {
    this.#ports = ports
  }

  since(signals: readonly QuerySignal[]): FeedChange {
    const before = this.#told
    this.#told = new Map()
    const changes: FeedChange[] = []
    for (const signal of signals) {
      const key = [queryKey(signal.query), signal.samples?.of, signal.freshnessSeconds].join(' ')
      if (this.#told.has(key)) continue
      const told = before.get(key) ?? { unsettled: new Unsettled() }
      const now = { ...this.#ports.last(signal.query), unsettled: told.unsettled }
      this.#told.set(key, now)
      changes.push(this.#changeOf(signal, told, now))
    }
    return {
      everything: changes.some(({ everything }) => everything),
      nodeNames: [...new Set(changes.flatMap(({ nodeNames }) => nodeNames))].toSorted(),
    }
  }

  #changeOf(signal: QuerySignal, before: LastHeard, now: Told): FeedChange {
    const { heard } = now
    if (heard === undefined) return { everything: before.problem !== now.problem, nodeNames: [] }
    if (heard === before.heard) return { everything: false, nodeNames: [] }
    const { query, samples } = signal
    const { indexed, mono } = this.#ports
    const old = before.heard && indexed(query, before.heard)
    const changed = changedNodes(query, old, indexed(query, heard))
    const isBack = before.heard?.partial !== heard.partial || isStale(signal, before.heard, mono())
    if (samples === undefined) return { everything: isBack, nodeNames: changed }
    const counted = now.unsettled.after(changed, samples.of)
    return { everything: isBack || counted.everything, nodeNames: counted.nodeNames }
  }
}

interface Told extends LastHeard {
  readonly unsettled: Unsettled
}

/** Whoever looked meanwhile has seen it as Unknown. */
const isStale = (
  { freshnessSeconds = queryFreshnessSeconds }: Signal,
  heard: MetricsHeard | undefined,
  at: Mono,
): boolean => heard === undefined || at - heard.atMono > seconds(freshnessSeconds)

/** Nodes of which the answers say something else: a value that moves on its side of the threshold is no news. */
function changedNodes(query: QuerySettings, old: MetricIndex | undefined, now: MetricIndex): readonly string[] {
  const names = new Set([...(old?.byNode.keys() ?? []), ...now.byNode.keys()])
  const words = (index: MetricIndex | undefined, name: string): string => wordsOf(query, index?.byNode.get(name) ?? [])
  return [...names].filter((name) => words(old, name) !== words(now, name))
}
