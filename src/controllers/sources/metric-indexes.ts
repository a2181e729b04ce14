import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import type { Clock } from '../../ports/clock.ts'
import { indexInTurns, indexOf, type MetricIndex, type NamedBy } from './metric-index.ts'
import type { MetricsHeard } from './metric-server.ts'

/**
 * Answers by node. Each is sorted once for every query that makes something of its own of it, and so it is about the nodes that
 * there were when it came: of one that came later the next answer speaks, and what a run rests on is asked anew.
 */
export class MetricIndexes {
  readonly #named: NamedBy & { readonly clock: Pick<Clock, 'sleep'> }
  /** By the very answer, which is never changed. */
  readonly #made = new WeakMap<MetricsHeard, Map<string, MetricIndex>>()

  constructor(named: NamedBy & { readonly clock: Pick<Clock, 'sleep'> }) {
    this.#named = named
  }

  /** In turns. Whoever shows an answer only after this finds it sorted. */
  async prepare(query: QuerySettings, heard: MetricsHeard): Promise<void> {
    const made = this.#madeOf(heard)
    const key = queryKey(query)
    if (!made.has(key)) made.set(key, await indexInTurns(query, heard.series, this.#named))
  }

  /** A policy that was edited meanwhile makes something new of an answer that is there, and nobody waits for that. */
  readonly of = (query: QuerySettings, heard: MetricsHeard): MetricIndex => {
    const made = this.#madeOf(heard)
    const key = queryKey(query)
    const known = made.get(key)
    if (known !== undefined) return known
    const index = indexOf(query, heard.series, this.#named)
    made.set(key, index)
    return index
  }

  #madeOf(heard: MetricsHeard): Map<string, MetricIndex> {
    const known = this.#made.get(heard)
    if (known !== undefined) return known
    const made = new Map<string, MetricIndex>()
    this.#made.set(heard, made)
    return made
  }
}
