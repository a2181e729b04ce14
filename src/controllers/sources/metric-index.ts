import { nodeNameIn } from '../../domain/detect/sources/node-identity.ts'
import { sampleOf } from '../../domain/detect/sources/query-sample.ts'
import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import type { Sample } from '../../domain/detect/sources-seen.ts'
import type { Series } from '../../ports/metrics.ts'

/** One answer, by the nodes that its series are about. */
export interface MetricIndex {
  readonly byNode: ReadonlyMap<string, readonly Sample[]>
  /** Series that name no node. */
  readonly unnamed: number
  /** Names that nodes of several clusters bear: which of them is ours nobody can tell. */
  readonly namesakes: readonly string[]
}

/** By the label that the query names, else by the first of the configured ones that a series carries. */
export function indexOf(
  query: QuerySettings,
  series: readonly Series[],
  nodeLabels: readonly string[] | undefined,
): MetricIndex {
  const labels = query.nodeLabel === undefined ? nodeLabels : [query.nodeLabel]
  const byNode = new Map<string, Sample[]>()
  const clusters = new Map<string, string>()
  const namesakes = new Set<string>()
  let unnamed = 0
  for (const one of series) {
    const name = nodeNameIn(one.labels, labels)
    if (name === undefined) unnamed += 1
    else {
      const cluster = one.labels['cluster'] ?? ''
      if ((clusters.get(name) ?? cluster) !== cluster) namesakes.add(name)
      clusters.set(name, cluster)
      const samples = byNode.get(name) ?? []
      samples.push(
        sampleOf(
          query,
          one.samples.map(({ value }) => value),
        ),
      )
      byNode.set(name, samples)
    }
  }
  // There, and without a number: neither trouble nor health.
  for (const name of namesakes) byNode.set(name, [{}])
  return { byNode, unnamed, namesakes: [...namesakes] }
}
