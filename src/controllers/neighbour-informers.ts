import { type ForeignWork, foreignWorkKinds } from '../api/core/foreign-work.ts'
import { type Lease, leaseKind, type NodeClaim, nodeClaimKind } from '../api/core/kinds.ts'
import {
  type DaemonSet,
  type DisruptionBudget,
  daemonSetKind,
  disruptionBudgetKind,
  type Machine,
  machineKinds,
  medik8sLeases,
  type NodeHealthCheck,
  nodeHealthCheckKind,
  openshiftMachineKind,
} from '../api/core/neighbours.ts'
import type { ReflectorPorts } from '../runtime/reflector.ts'
import { ServedInformer } from '../runtime/served-informer.ts'

/** Kinds of others that tell who takes care of a node, and whom its drain would meet. */
export interface NeighbourInformers {
  readonly claims: ServedInformer<NodeClaim, 'node'>
  readonly daemonSets: ServedInformer<DaemonSet>
  readonly healthChecks: ServedInformer<NodeHealthCheck>
  /** Those of the Cluster API, and those of OpenShift. */
  readonly machines: readonly ServedInformer<Machine, 'node'>[]
  readonly works: readonly ServedInformer<ForeignWork, 'node'>[]
  /** By which the operators of medik8s exclude each other. */
  readonly leases: ServedInformer<Lease>
  readonly budgets: ServedInformer<DisruptionBudget, 'namespace'>
}

export function createNeighbourInformers(ports: ReflectorPorts): NeighbourInformers {
  const node = ({ nodeName }: { readonly nodeName: string }) => (nodeName === '' ? [] : [nodeName])
  return {
    claims: new ServedInformer(ports, { kinds: [nodeClaimKind], indexes: { node } }),
    daemonSets: new ServedInformer(ports, { kinds: [daemonSetKind], indexes: {} }),
    healthChecks: new ServedInformer(ports, { kinds: [nodeHealthCheckKind], indexes: {} }),
    machines: [machineKinds, [openshiftMachineKind]].map(
      (kinds) => new ServedInformer(ports, { kinds, indexes: { node } }),
    ),
    works: foreignWorkKinds.map(
      (kind) =>
        new ServedInformer(ports, { kinds: [kind], indexes: { node: ({ nodeNames }: ForeignWork) => nodeNames } }),
    ),
    leases: new ServedInformer(ports, { kinds: [leaseKind], indexes: {}, namespace: medik8sLeases }),
    budgets: new ServedInformer(ports, {
      kinds: [disruptionBudgetKind],
      indexes: { namespace: ({ metadata }: DisruptionBudget) => [metadata.namespace] },
    }),
  }
}

export const allNeighbours = ({
  claims,
  daemonSets,
  healthChecks,
  machines,
  works,
  leases,
  budgets,
}: NeighbourInformers): readonly Pick<ServedInformer<NodeClaim>, 'run' | 'whenKnown' | 'defects'>[] => [
  claims,
  daemonSets,
  healthChecks,
  ...machines,
  ...works,
  leases,
  budgets,
]
