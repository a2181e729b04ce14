import { customResourceDefinition } from '../../api/crd/custom-resource-definition.ts'
import { definitions } from '../../api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../../api/initial-objects.ts'
import { seconds } from '../../kernel/time.ts'
import type { Timers } from '../loop.ts'
import { isReady, labelsOf, nameOf } from '../world/fields.ts'
import { poolLabel } from '../world/karpenter/node-pool.ts'
import type { Timings } from '../world/timings.ts'
import { World } from '../world/world.ts'
import { demoPolicy, loadAlert } from './policy.ts'

const pool = 'burst'
export const zones = ['zone-a', 'zone-b', 'zone-c'] as const
/** With a BMC each, and rented ones. */
const metalNodes = 9
const rentedNodes = 3
export const nodeCount = metalNodes + rentedNodes

/** A tenth of what is ordinary: everything happens, and nobody waits long. */
const briskTimings: Partial<Timings> = {
  leaseRenewMs: seconds(1),
  statusReportMs: seconds(5),
  kubeletStartMs: 800,
  runtimeReadyMs: 400,
  bootMs: seconds(4),
  podStartMs: 500,
  podStopMs: 700,
  problemDetectionMs: 800,
  nodeMonitorGraceMs: seconds(5),
  nodeMonitorPeriodMs: 500,
  nodeEvictionEveryMs: seconds(10),
  controllerLagMs: 20,
  orphanQuarantineMs: seconds(10),
  machineLaunchMs: seconds(5),
}

export const workers = { namespace: 'shop', name: 'worker', replicas: 6, minAvailable: 5 } as const

/** Twelve nodes in three zones, two applications under budgets, one of them filling the rented nodes. */
export const demoWorld = (timers: Timers, seed: number): World =>
  new World({
    timers,
    seed,
    nodes: metalNodes,
    zones,
    pools: [
      { name: pool, cpus: 4, zones, labels: { remediable: 'true' }, nodes: rentedNodes, nodesMax: rentedNodes + 1 },
    ],
    manifests: [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, demoPolicy],
    workloads: [
      {
        namespace: 'shop',
        name: 'web',
        replicas: 12,
        cpu: '200m',
        nodeSelector: metalOnly,
        budget: { minAvailable: 10 },
      },
      {
        namespace: workers.namespace,
        name: workers.name,
        replicas: workers.replicas,
        cpu: '1500m',
        nodeSelector: { [poolLabel]: pool },
        budget: { minAvailable: workers.minAvailable },
      },
    ],
    alertRules: [{ alert: loadAlert, abovePercent: 90, forMs: seconds(1) }],
    nodeLabels: metalOnly,
    timings: briskTimings,
  })

const metalOnly = { 'node.example/type': 'metal' } as const

/** All nodes Ready and all pods where they belong: only then is there something to break. */
export const isUp = (world: World): boolean => {
  const nodes = world.objects.all('nodes')
  const pods = world.objects.all('pods')
  return nodes.length === nodeCount && nodes.every(isReady) && pods.length > 0 && pods.every(isReady)
}

/** The rented node whose name comes first. */
export const rentedNode = (world: World): string =>
  world.objects
    .all('nodes')
    .filter((node) => labelsOf(node)[poolLabel] === pool)
    .map(nameOf)
    .toSorted()[0] ?? ''

export const poolName = pool
