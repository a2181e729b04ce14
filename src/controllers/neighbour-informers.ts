import { type NodeClaim, nodeClaimKind } from '../api/core/kinds.ts'
import {
  type DaemonSet,
  type DisruptionBudget,
  daemonSetKind,
  disruptionBudgetKind,
  type Machine,
  machineKinds,
  type NodeHealthCheck,
  nodeHealthCheckKind,
} from '../api/core/neighbours.ts'
import type { ReflectorPorts } from '../runtime/reflector.ts'
import { ServedInformer } from '../runtime/served-informer.ts'

/** Kinds of others that tell who takes care of a node, and whom its drain would meet. */
export interface NeighbourInformers {
  readonly claims: ServedInformer<NodeClaim, 'node'>
  readonly daemonSets: ServedInformer<DaemonSet>
  readonly healthChecks: ServedInformer<NodeHealthCheck>
  readonly machines: ServedInformer<Machine, 'node'>
  readonly budgets: ServedInformer<DisruptionBudget, 'namespace'>
}

export function createNeighbourInformers(ports: ReflectorPorts): NeighbourInformers {
  const node = ({ nodeName }: { readonly nodeName: string }) => (nodeName === '' ? [] : [nodeName])
  return {
    claims: new ServedInformer(ports, { kinds: [nodeClaimKind], indexes: { node } }),
    daemonSets: new ServedInformer(ports, { kinds: [daemonSetKind], indexes: {} }),
    healthChecks: new ServedInformer(ports, { kinds: [nodeHealthCheckKind], indexes: {} }),
    machines: new ServedInformer(ports, { kinds: machineKinds, indexes: { node } }),
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
  budgets,
}: NeighbourInformers): readonly Pick<ServedInformer<NodeClaim>, 'run' | 'whenKnown'>[] => [
  claims,
  daemonSets,
  healthChecks,
  machines,
  budgets,
]
