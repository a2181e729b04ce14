import { type Node, readyStatus } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import { matchesSelector } from '../../kernel/selector.ts'

/** How many nodes are how ill. Doubtful: the list is empty, shrunken or not read yet, which never means "none" or "all". */
export type Figures =
  | { readonly kind: 'Known'; readonly policy: Share; readonly cluster: Share }
  | { readonly kind: 'Doubtful'; readonly message: string }

export interface Share {
  /** Nodes that are selected by the policy, or by any policy. */
  readonly selected: number
  /** Of these, nodes that are Ready, schedulable and not being remediated: what `minHealthy` counts. */
  readonly healthy: number
  /** Of these, nodes with a diagnosis of class Fault, and those that wait cordoned for people. */
  readonly faults: number
  readonly loads: number
}

export interface Fleet {
  readonly nodes: readonly Node[]
  readonly policies: readonly NodeRemediationPolicy[]
  readonly health: readonly NodeHealth[]
  readonly runs: readonly NodeRemediation[]
}

/** Figures of every policy, by name. One walk over the fleet, for all of them together. */
export function figuresOf({ nodes, policies, health, runs }: Fleet): ReadonlyMap<string, Figures> {
  const selected = new Map(policies.map((policy) => [policy.metadata.name, nodesOf(policy, nodes)]))
  const anywhere = new Set([...selected.values()].flatMap((names) => [...names]))
  const counted = { sick: sickNodes(health, runs), healthy: healthyNodes(nodes, runs) }
  const cluster = shareOf(anywhere, counted)
  const figures = [...selected].map(([name, names]): readonly [string, Figures] => {
    if (names.size === 0) return [name, { kind: 'Doubtful', message: `policy ${name} selects no node that is listed` }]
    return [name, { kind: 'Known', policy: shareOf(names, counted), cluster }]
  })
  return new Map(figures)
}

const nodesOf = ({ spec }: NodeRemediationPolicy, nodes: readonly Node[]): ReadonlySet<string> => {
  if (spec === undefined) return new Set()
  const names = nodes
    .filter(({ metadata }) => matchesSelector(spec.nodeSelector, metadata.labels))
    .map(({ metadata }) => metadata.name)
  return new Set(names)
}

type Sick = ReadonlyMap<string, 'Fault' | 'Load'>

/** Who waits cordoned for people is missing from the fleet, whatever made him wait. */
function sickNodes(health: readonly NodeHealth[], runs: readonly NodeRemediation[]): Sick {
  const diagnosed = health.flatMap(({ spec, status }) =>
    spec === undefined || status.diagnosis === undefined ? [] : [[spec.node.name, status.diagnosis.class] as const],
  )
  const quarantined = runs.flatMap(({ spec, status }) =>
    spec !== undefined && status.step?.name === 'Quarantined' ? [[spec.node.name, 'Fault'] as const] : [],
  )
  return new Map([...diagnosed, ...quarantined])
}

/** A run in one of these has not touched its node, or waits for people with the cordon to show for it. */
const touchesNothing: readonly string[] = ['Approving', 'Claiming']

function healthyNodes(nodes: readonly Node[], runs: readonly NodeRemediation[]): ReadonlySet<string> {
  const treated = new Set(
    runs.flatMap((run) =>
      run.spec !== undefined &&
      !run.spec.dryRun &&
      isOpen(run) &&
      !touchesNothing.includes(run.status.step?.name ?? 'Approving')
        ? [run.spec.node.name]
        : [],
    ),
  )
  const healthy = nodes.filter((node) => isServing(node) && !treated.has(node.metadata.name))
  return new Set(healthy.map(({ metadata }) => metadata.name))
}

/** Ready and schedulable: what a node loses by being cordoned. */
export const isServing = (node: Node): boolean => !node.unschedulable && readyStatus(node) === 'True'

interface Counted {
  readonly sick: Sick
  readonly healthy: ReadonlySet<string>
}

function shareOf(names: ReadonlySet<string>, { sick, healthy }: Counted): Share {
  const classes = [...names].map((name) => sick.get(name))
  return {
    selected: names.size,
    healthy: [...names].filter((name) => healthy.has(name)).length,
    faults: classes.filter((one) => one === 'Fault').length,
    loads: classes.filter((one) => one === 'Load').length,
  }
}
