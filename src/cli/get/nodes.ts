import { type Node, nodeKind } from '../../api/core/node.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Attended, attentionOf } from '../../domain/explain/attention.ts'
import { durationInWords, type Instant } from '../../kernel/time.ts'
import { type Column, type Listing, listingOf, named, orNone } from '../output/format.ts'
import { reasonOfHealth, reasonOfRun } from '../reason.ts'
import { ageOf, type ListPorts } from './objects.ts'

interface Row extends Attended {
  readonly node: Node
  readonly health: NodeHealth | undefined
  readonly run: NodeRemediation | undefined
}

/** State, since, why: the node beside what is believed and done about it. */
export async function listNodes({ cluster, now }: ListPorts): Promise<Listing> {
  const [nodes, healths, runs] = await Promise.all([
    cluster.list(nodeKind),
    cluster.list(healthKind),
    cluster.list(runKind),
  ])
  const rows = nodes.map((node): Row => {
    const health = healths.find(({ spec }) => spec?.node.uid === node.metadata.uid)
    const run = runs.find((one) => one.spec?.node.uid === node.metadata.uid && !one.spec.dryRun && isOpen(one))
    return { node, health, run, ...attentionOf({ health, run }) }
  })
  const sorted = rows.toSorted((left, right) => (left.node.metadata.name < right.node.metadata.name ? -1 : 1))
  return listingOf(
    nodeKind,
    columnsAt(now),
    sorted.map((row) => ({
      name: row.node.metadata.name,
      row,
      object: {
        ...named(nodeKind, row.node),
        attention: row.attention,
        health: row.health,
        run: row.run?.metadata.name,
      },
    })),
  )
}

const columnsAt = (now: Instant): readonly Column<Row>[] => [
  { title: 'NAME', cell: ({ node }) => node.metadata.name },
  { title: 'STATE', cell: ({ attention }) => attention },
  { title: 'SINCE', cell: ({ since }) => (since === undefined ? '<none>' : durationInWords(now - since)) },
  { title: 'REASON', cell: ({ run, health }) => (run === undefined ? reasonOfHealth(health) : reasonOfRun(run)) },
  { title: 'RUN', cell: ({ run }) => orNone(run?.metadata.name) },
  { title: 'SCHED', cell: ({ node }) => (node.unschedulable ? 'Cordoned' : 'Ok') },
  { title: 'POLICY', cell: ({ run, health }) => orNone(run?.spec?.policyName ?? health?.spec?.policyName) },
  { title: 'AGE', cell: ({ node }) => ageOf(node, now) },
]
