import { type Json, type JsonObject, textMapAt } from '../../../kernel/json.ts'
import type { Condition } from '../conditions.ts'
import type { NodeIdentity } from '../host/node-status.ts'

/** Machines of one kind that Karpenter may rent. */
export interface NodePool {
  readonly name: string
  readonly cpus: number
  readonly zones: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  /** How many there may be at once; beyond it nothing is launched, as when a quota is spent. */
  readonly nodesMax?: number
}

export const poolLabel = 'karpenter.sh/nodepool'
export const terminationFinalizer = 'karpenter.sh/termination'
export const disruptedTaint = { key: 'karpenter.sh/disrupted', effect: 'NoSchedule' } as const

export const newNodePool = ({ name, cpus, zones, labels = {} }: NodePool): JsonObject => ({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodePool',
  metadata: { name },
  spec: {
    template: {
      metadata: { labels },
      spec: {
        requirements: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: zones }],
        nodeClassRef: { group: 'world.prunella.dev', kind: 'MachineClass', name: `cpu-${cpus}` },
      },
    },
  },
})

/** What a node of the pool is labelled with, in one of its zones. */
export const labelsOfPool = ({ name, labels = {} }: NodePool, zone: string): Readonly<Record<string, string>> => ({
  ...labels,
  [poolLabel]: name,
  'topology.kubernetes.io/zone': zone,
})

export function newNodeClaim(
  pool: NodePool,
  { name, zone }: { readonly name: string; readonly zone: string },
): JsonObject {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: { name, labels: labelsOfPool(pool, zone), finalizers: [terminationFinalizer] },
    spec: {
      nodeClassRef: { group: 'world.prunella.dev', kind: 'MachineClass', name: `cpu-${pool.cpus}` },
      requirements: Object.entries(labelsOfPool(pool, zone)).map(
        ([key, value]): Json => ({ key, operator: 'In', values: [value] }),
      ),
    },
  }
}

export const providerIDOf = (claimName: string): string => `world:///${claimName}`

/** A node as the machine of a claim registers it. */
export const nodeOfClaim = (
  claim: JsonObject,
  { name, cpus, internalIP }: Omit<NodeIdentity, 'labels'>,
): NodeIdentity => ({
  name,
  cpus,
  internalIP,
  providerID: providerIDOf(name),
  labels: { ...textMapAt(claim, 'metadata', 'labels'), 'karpenter.sh/registered': 'true' },
})

export type ClaimStage = 'Launched' | 'Registered' | 'Initialized'

/** Ready is what has come last. */
export function claimConditions(reached: readonly ClaimStage[]): readonly Condition[] {
  const stages: readonly ClaimStage[] = ['Launched', 'Registered', 'Initialized']
  const said = stages.map((type) => condition(type, reached.includes(type)))
  return [
    ...said,
    condition(
      'Ready',
      stages.every((stage) => reached.includes(stage)),
    ),
  ]
}

const condition = (type: string, holds: boolean): Condition => ({
  type,
  status: holds ? 'True' : 'Unknown',
  reason: holds ? type : 'AwaitingReconciliation',
  message: holds ? '' : 'object is awaiting reconciliation',
})
