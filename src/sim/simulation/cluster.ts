import { customResourceDefinition } from '../../api/crd/custom-resource-definition.ts'
import { definitions } from '../../api/crd/definitions.ts'
import { emptyLedger } from '../../api/initial-objects.ts'
import { seconds } from '../../kernel/time.ts'
import type { Loop } from '../loop.ts'
import type { Plan } from '../plan/plan.ts'
import { isReady } from '../world/fields.ts'
import { World } from '../world/world.ts'
import { loadAlert, simGuard, simPolicies } from './policy.ts'

const pool = 'burst'

/** The same in every world: made once. */
const ownDefinitions = definitions.map(customResourceDefinition)

/** The cluster of a plan, as it comes up: some machines of iron, some rented, an application on each kind. */
export function createWorld(loop: Loop, { seed, cluster, policy }: Plan): World {
  const zones = ['a', 'b', 'c'].slice(0, cluster.zones)
  const { nodes, rented } = cluster
  return new World({
    timers: loop,
    seed,
    nodes,
    zones,
    ...(cluster.timings === undefined ? {} : { timings: cluster.timings }),
    pools:
      rented === 0
        ? []
        : [{ name: pool, cpus: 4, zones, labels: { remediable: 'true' }, nodes: rented, nodesMax: rented + 2 }],
    manifests: [...ownDefinitions, emptyLedger, simGuard(policy), ...simPolicies(policy)],
    ...(cluster.controlPlane === undefined ? {} : { controlPlane: cluster.controlPlane }),
    nodeLabels: { 'node.example/type': 'metal' },
    workloads: [
      {
        namespace: 'shop',
        name: 'web',
        replicas: nodes + 2,
        cpu: '200m',
        nodeSelector: { 'node.example/type': 'metal' },
        budget: { minAvailable: nodes + 1 },
      },
      // Two disks for one node each: who writes to one of them from two machines has destroyed it.
      {
        namespace: 'shop',
        name: 'db',
        replicas: 2,
        cpu: '100m',
        nodeSelector: { 'node.example/type': 'metal' },
        disk: 'PerPod',
        budget: { maxUnavailable: 1 },
      },
      ...(cluster.keepsLocalData === true
        ? [{ namespace: 'shop', name: 'cache', replicas: nodes, cpu: '100m', hasLocalVolume: true }]
        : []),
      ...(rented === 0
        ? []
        : [
            {
              namespace: 'shop',
              name: 'worker',
              replicas: 2 * rented,
              cpu: '1500m',
              nodeSelector: { 'karpenter.sh/nodepool': pool },
              budget: { minAvailable: 2 * rented - 1 },
            },
          ]),
    ],
    alertRules: [{ alert: loadAlert, abovePercent: 90, forMs: seconds(30) }],
  })
}

/** Every node and every pod is Ready: nothing has happened yet. */
export function isUp({ objects }: World, { cluster }: Plan): boolean {
  const [nodes, pods] = [objects.all('nodes'), objects.all('pods')]
  return (
    nodes.length === cluster.nodes + cluster.rented && nodes.every(isReady) && pods.length > 0 && pods.every(isReady)
  )
}
