import { type Node, readyStatus } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import { matcherOf } from '../../kernel/selector.ts'
import { type Correlation, darkZone, failedTogether, type Onset, type Together } from './correlation.ts'

/** How many nodes are how ill. Doubtful: the list is empty, shrunken or not read yet, which never means "none" or "all". */
export type Figures = { readonly kind: 'Known'; readonly policy: Share; readonly cluster: Share } | Doubtful

export interface Doubtful {
  readonly kind: 'Doubtful'
  readonly message: string
  /** Nodes that were selected before the list shrank. */
  readonly before?: number
}

/** Over all policies together. */
export type ClusterFigures = { readonly kind: 'Known'; readonly share: Share } | Doubtful

export interface Share {
  /** Nodes that are selected by the policy, or by any policy. */
  readonly selected: number
  /** Of these, nodes that are Ready, schedulable and not being remediated: what `minHealthy` counts. */
  readonly healthy: number
  /** Of these, nodes with a diagnosis of class Fault, and those that wait cordoned for people. */
  readonly faults: number
  readonly loads: number
  /** Left out: no nodes failed together. */
  readonly together?: Together
}

export interface Fleet {
  readonly nodes: readonly Node[]
  readonly policies: readonly NodeRemediationPolicy[]
  readonly health: readonly NodeHealth[]
  readonly runs: readonly NodeRemediation[]
  /** Undefined: there is no guard, and then nothing starts anyhow. */
  readonly correlation: Correlation | undefined
}

/** Nodes that each policy selects, and what is known of them. */
export interface Counted {
  readonly byPolicy: ReadonlyMap<string, Share>
  readonly cluster: Share
}

/** Figures of every policy, by name. One walk over the fleet, for all of them together. */
export function countFleet(fleet: Fleet): Counted {
  const { nodes, policies, health, runs, correlation } = fleet
  const byPolicy = new Map(policies.map((policy) => [policy.metadata.name, nodesOf(policy, nodes)]))
  const anywhere = [...new Set([...byPolicy.values()].flat())]
  const known = { sick: sickNodes(health, runs), treated: treatedNodes(runs, touchingSteps) }
  const cluster = shareOf(anywhere, known)
  const onsets = correlation === undefined ? [] : onsetsOf(anywhere, health)
  return {
    cluster: { ...cluster, ...togetherIn(anywhere, { onsets, runs, correlation }) },
    byPolicy: new Map(
      [...byPolicy].map(([name, selected]): readonly [string, Share] => {
        const own = onsets.filter(({ policyName }) => policyName === name)
        const together = correlation && failedTogether(own, selected, correlation)
        return [name, { ...shareOf(selected, known), ...(together === undefined ? {} : { together }) }]
      }),
    ),
  }
}

interface Failing {
  readonly onsets: readonly Onset[]
  readonly runs: readonly NodeRemediation[]
  readonly correlation: Correlation | undefined
}

/** What concerns one policy alone is the matter of its own breaker; a dark zone concerns everybody. */
function togetherIn(nodes: readonly Node[], { onsets, runs, correlation }: Failing): Pick<Share, 'together'> {
  if (correlation === undefined) return {}
  const isShared = new Set(onsets.map(({ policyName }) => policyName)).size > 1
  const together =
    darkZone(nodes, treatedNodes(runs, silentSteps), correlation.limits) ??
    (isShared ? failedTogether(onsets, nodes, correlation) : undefined)
  return together === undefined ? {} : { together }
}

function onsetsOf(nodes: readonly Node[], health: readonly NodeHealth[]): readonly Onset[] {
  const faults = health.filter(({ status }) => status.diagnosis?.class === 'Fault')
  if (faults.length === 0) return []
  const names = new Set(faults.map(({ spec }) => spec?.node.name ?? ''))
  const known = nodes.filter(({ metadata }) => names.has(metadata.name))
  const byName = new Map(known.map((node) => [node.metadata.name, node]))
  return faults.flatMap(({ spec, status }) => {
    const node = byName.get(spec?.node.name ?? '')
    if (node === undefined) return []
    return [{ node, since: status.diagnosis?.since ?? '', policyName: spec?.policyName ?? '' }]
  })
}

function nodesOf({ spec }: NodeRemediationPolicy, nodes: readonly Node[]): readonly Node[] {
  if (spec === undefined) return []
  const isSelected = matcherOf(spec.nodeSelector)
  return nodes.filter(({ metadata }) => isSelected(metadata.labels))
}

type Sick = ReadonlyMap<string, 'Fault' | 'Load'>

/** Who waits cordoned for people is missing from the fleet, whatever made him wait; so is a node that a person calls ill. */
function sickNodes(health: readonly NodeHealth[], runs: readonly NodeRemediation[]): Sick {
  const diagnosed = health.flatMap(({ spec, status }) =>
    spec === undefined || status.diagnosis === undefined ? [] : [[spec.node.name, status.diagnosis.class] as const],
  )
  const missing = runs.flatMap((run) => {
    const { spec, status } = run
    const isMissing = status.step?.name === 'Quarantined' || (spec?.requestedBy !== undefined && isOpen(run))
    return spec !== undefined && !spec.dryRun && isMissing ? [[spec.node.name, 'Fault'] as const] : []
  })
  return new Map([...diagnosed, ...missing])
}

/** A run in one of these has its hands on its node, or has left its cordon there. */
const touchingSteps: readonly string[] = ['Cordoning', 'Draining', 'Treating', 'Verifying', 'Quarantined', 'Releasing']
/** In these a node is not Ready by our own doing. */
const silentSteps: readonly string[] = ['Treating', 'Verifying']

const treatedNodes = (runs: readonly NodeRemediation[], steps: readonly string[]): ReadonlySet<string> =>
  new Set(
    runs.flatMap(({ spec, status }) =>
      spec !== undefined && !spec.dryRun && steps.includes(status.step?.name ?? '') ? [spec.node.name] : [],
    ),
  )

/** Ready and schedulable: what a node loses by being cordoned. */
export const isServing = (node: Node): boolean => !node.unschedulable && readyStatus(node) === 'True'

interface Known {
  readonly sick: Sick
  readonly treated: ReadonlySet<string>
}

function shareOf(nodes: readonly Node[], { sick, treated }: Known): Share {
  const counts = { healthy: 0, faults: 0, loads: 0 }
  for (const node of nodes) {
    const { name } = node.metadata
    if (isServing(node) && !treated.has(name)) counts.healthy += 1
    const kind = sick.get(name)
    if (kind === 'Fault') counts.faults += 1
    if (kind === 'Load') counts.loads += 1
  }
  return { selected: nodes.length, ...counts }
}
