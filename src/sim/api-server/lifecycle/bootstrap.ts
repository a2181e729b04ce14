import type { JsonObject } from '../../../kernel/json.ts'

/** What a real control plane creates before anybody asks: [resource, object]. */
export const bootstrapObjects: readonly (readonly [string, JsonObject])[] = [
  ...['kube-system', 'kube-public', 'kube-node-lease', 'default'].map(
    (name) => ['namespaces', { metadata: { name } }] as const,
  ),
  [
    'priorityclasses.scheduling.k8s.io',
    {
      metadata: { name: 'system-node-critical' },
      value: 2_000_001_000,
      description: 'Used for system critical pods that must not be moved from their current node.',
    },
  ],
  [
    'priorityclasses.scheduling.k8s.io',
    {
      metadata: { name: 'system-cluster-critical' },
      value: 2_000_000_000,
      description:
        'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    },
  ],
]
