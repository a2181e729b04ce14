import { type Node, nodeKind } from '../api/core/node.ts'
import { type Pod, podKind } from '../api/core/pod.ts'
import type { Kind, KubeObject } from '../api/kind.ts'
import { type DisruptionLedger, ledgerKind } from '../api/v1alpha1/disruption-ledger.ts'
import { healthKind, type NodeHealth } from '../api/v1alpha1/node-health.ts'
import { type NodeRemediation, runKind } from '../api/v1alpha1/node-remediation.ts'
import { type NodeRemediationPolicy, policyKind } from '../api/v1alpha1/node-remediation-policy.ts'
import { guardKind, type RemediationGuard } from '../api/v1alpha1/remediation-guard.ts'
import { pauseKind, type RemediationPause } from '../api/v1alpha1/remediation-pause.ts'
import { Informer } from '../runtime/informer.ts'
import type { ReflectorPorts } from '../runtime/reflector.ts'

/** One watch per kind, shared by all controllers. Caches wake; what licenses an effect is read live. */
export interface Informers {
  readonly nodes: Informer<Node>
  readonly pods: Informer<Pod, 'node'>
  readonly policies: Informer<NodeRemediationPolicy>
  readonly guards: Informer<RemediationGuard>
  readonly pauses: Informer<RemediationPause>
  readonly health: Informer<NodeHealth>
  readonly runs: Informer<NodeRemediation, 'node' | 'policy'>
  readonly ledgers: Informer<DisruptionLedger>
}

export function createInformers(ports: ReflectorPorts): Informers {
  const plain = <Thing extends KubeObject>(kind: Kind<Thing>): Informer<Thing> =>
    new Informer(ports, { kind, indexes: {} })
  return {
    nodes: plain(nodeKind),
    pods: new Informer(ports, {
      kind: podKind,
      indexes: { node: ({ nodeName }: Pod) => (nodeName === '' ? [] : [nodeName]) },
    }),
    policies: plain(policyKind),
    guards: plain(guardKind),
    pauses: plain(pauseKind),
    health: plain(healthKind),
    runs: new Informer(ports, {
      kind: runKind,
      indexes: {
        node: ({ spec }: NodeRemediation) => (spec === undefined ? [] : [spec.node.name]),
        policy: ({ spec }: NodeRemediation) => (spec === undefined ? [] : [spec.policyName]),
      },
    }),
    ledgers: plain(ledgerKind),
  }
}

export const allOf = (
  informers: Informers,
): readonly Pick<Informer<KubeObject>, 'run' | 'whenSynced' | 'hasSynced' | 'defects'>[] => Object.values(informers)
