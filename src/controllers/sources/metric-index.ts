import { type NodeNames, namesAnyNode, nodesNamedIn } from '../../domain/detect/sources/node-identity.ts'
import { sampleOf } from '../../domain/detect/sources/query-sample.ts'
import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import type { Sample } from '../../domain/detect/sources-seen.ts'
import type { Series } from '../../ports/metrics.ts'

/** One answer, by the nodes that its series are about. */
export interface MetricIndex {
  readonly byNode: ReadonlyMap<string, readonly Sample[]>
  /** How many series name no node. */
  readonly unnamed: number
  /** How many name one that there is not. */
  readonly unknown: number
  /** Nodes that share what names them, here or with a node of another cluster: which is meant nobody can tell. */
  readonly namesakes: ReadonlySet<string>
}

export interface NamedBy {
  readonly nodes: NodeNames
  /** Those of the configuration, the surest first. */
  readonly nodeLabels?: readonly string[] | undefined
}

/** By the label that the query names, else by the configured ones. */
export function indexOf(query: QuerySettings, series: readonly Series[], { nodes, nodeLabels }: NamedBy): MetricIndex {
  const labelNames = query.nodeLabel === undefined ? nodeLabels : [query.nodeLabel]
  const byNode = new Map<string, Sample[]>()
  const clusters = new Map<string, string>()
  const namesakes = new Set<string>()
  const counts = { unnamed: 0, unknown: 0 }
  for (const { labels, samples } of series) {
    const names = nodesNamedIn(labels, nodes, labelNames)
    const [name] = names
    if (names.length > 1) for (const one of names) namesakes.add(one)
    else if (name === undefined) counts[namesAnyNode(labels, labelNames) ? 'unknown' : 'unnamed'] += 1
    else {
      const cluster = labels['cluster'] ?? ''
      if ((clusters.get(name) ?? cluster) !== cluster) namesakes.add(name)
      clusters.set(name, cluster)
      const values = samples.map(({ value }) => value)
      byNode.set(name, pushed(byNode.get(name), sampleOf(query, values)))
    }
  }
  // There, and without a number: neither trouble nor health.
  for (const name of namesakes) byNode.set(name, [{}])
  return { byNode, ...counts, namesakes }
}

function pushed<Item>(list: Item[] | undefined, item: Item): Item[] {
  const all = list ?? []
  all.push(item)
  return all
}
