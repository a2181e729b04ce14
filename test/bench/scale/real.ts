import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import { findAccess } from '../../../src/adapters/transport/find-access.ts'
import { UndiciTransport } from '../../../src/adapters/transport/undici-transport.ts'
import { at, flagAt, isObject, textAt } from '../../../src/kernel/json.ts'
import { type Bed, startBed } from '../../../testbed/bed.ts'
import { sendAll } from '../../../testbed/bulk.ts'
import { arrangeFleet, type FleetNode, fleetCondition, fleetLabel, report } from '../../../testbed/fleet/fleet.ts'
import { conditionOf } from '../../../testbed/scenario/conditions.ts'
import { benchGuard, benchPolicy } from './bench-policy.ts'
import { numberIn, startOperatorProcess, unhurried } from './embedded.ts'
import { type Spread, spreadOf } from './percentile.ts'
import type { Sizes } from './sizes.ts'

export interface RealReport {
  readonly nodes: number
  readonly syncedMs: number
  readonly leadingMs: number
  readonly latencies: Spread
  readonly cordons: { readonly wanted: number; readonly done: number; readonly tookMs: number }
  readonly peakRssBytes: number
}

const instance = 7

/** The real kube-apiserver, etcd, controllers and kwok; the operator in a process of its own, with its own rights and no more. */
export async function measureReal({ real }: Sizes, say: (line: string) => void): Promise<RealReport> {
  const bed = await startBed({ tier: 'A', instance, say })
  const operator = startOperatorProcess()
  const over = new AbortController()
  try {
    const fleet = await arrangeFleet({ bed, say, afterwards: () => {} }, real.nodes)
    await arrangePolicy(bed)
    const started = await operator.ask('start', { kubeconfig: bed.operatorKubeconfig, ...unhurried })
    const seen = watchNodes(bed, over.signal)
    await seen.ready
    const latencies = await measureLatencies({ bed, seen }, fleet.slice(0, real.latencies))
    const cordons = await measureCordons({ bed, seen }, fleet.slice(real.latencies, real.latencies + real.cordons))
    const meters = await operator.ask('meters')
    return {
      nodes: real.nodes,
      syncedMs: numberIn(started, 'syncedMs'),
      leadingMs: numberIn(started, 'leadingMs'),
      latencies,
      cordons: { wanted: real.cordons, ...cordons },
      peakRssBytes: numberIn(meters, 'peakRssBytes'),
    }
  } finally {
    over.abort()
    operator.end()
    await bed.down()
  }
}

/** By the condition of the fleet. */
async function arrangePolicy(bed: Bed): Promise<void> {
  await bed.kubectl.apply([benchGuard('Lifted'), benchPolicy('Lifted', { [fleetLabel]: 'true' })])
}

interface NodeWatch {
  readonly ready: Promise<void>
  /** When a watch told that the condition was True, and when that the node was cordoned; by one clock. */
  readonly sickAt: ReadonlyMap<string, number>
  readonly cordonedAt: ReadonlyMap<string, number>
}

function watchNodes(bed: Bed, signal: AbortSignal): NodeWatch {
  const access = findAccess({ kubeconfig: bed.adminKubeconfig, context: undefined, env: process.env })
  const transport = new UndiciTransport({ access, clock: systemClock, version: 'bench' })
  const [sickAt, cordonedAt] = [new Map<string, number>(), new Map<string, number>()]
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const follow = async (): Promise<void> => {
    const query = { watch: 'true', labelSelector: fleetLabel, timeoutSeconds: '3600' }
    const request = { method: 'GET', path: '/api/v1/nodes', query, timeoutMs: 30_000, lane: 'Request' } as const
    const { events } = await transport.stream(request, signal)
    resolve()
    for await (const event of events) {
      const node = at(event, 'object')
      if (!isObject(node)) continue
      const name = textAt(node, 'metadata', 'name') ?? ''
      if (conditionOf(node, fleetCondition) === 'True' && !sickAt.has(name)) sickAt.set(name, performance.now())
      if (flagAt(node, 'spec', 'unschedulable') && !cordonedAt.has(name)) cordonedAt.set(name, performance.now())
    }
  }
  follow().catch((error: unknown) => {
    if (!signal.aborted) reject(error instanceof Error ? error : new Error(String(error)))
  })
  return { ready: promise, sickAt, cordonedAt }
}

interface Place {
  readonly bed: Bed
  readonly seen: NodeWatch
}

const patienceMs = 300_000

async function measureLatencies({ bed, seen }: Place, nodes: readonly FleetNode[]): Promise<Spread> {
  const took: number[] = []
  for (const node of nodes) {
    await report(bed, [node], 'True')
    await until(() => seen.cordonedAt.has(node.name))
    took.push(
      (seen.cordonedAt.get(node.name) ?? Number.POSITIVE_INFINITY) - (seen.sickAt.get(node.name) ?? performance.now()),
    )
    await sleep(100)
  }
  return spreadOf(took)
}

/** Until the last cordon, from the first node that is seen sick. */
async function measureCordons(
  { bed, seen }: Place,
  nodes: readonly FleetNode[],
): Promise<{ readonly done: number; readonly tookMs: number }> {
  await forgetStarts(bed)
  await report(bed, nodes, 'True')
  await until(() => nodes.every(({ name }) => seen.cordonedAt.has(name)))
  const done = nodes.filter(({ name }) => seen.cordonedAt.has(name))
  const firstSick = Math.min(...nodes.map(({ name }) => seen.sickAt.get(name) ?? Number.POSITIVE_INFINITY))
  const lastCordon = Math.max(...done.map(({ name }) => seen.cordonedAt.get(name) ?? Number.POSITIVE_INFINITY))
  return { done: done.length, tookMs: lastCordon - firstSick }
}

const forgetStarts = (bed: Bed): Promise<void> =>
  sendAll(bed, [
    {
      method: 'PATCH',
      path: '/apis/prunella.dev/v1alpha1/disruptionledgers/cluster',
      body: { spec: { starts: null } },
      patch: 'merge',
    },
  ])

async function until(holds: () => boolean): Promise<void> {
  const over = performance.now() + patienceMs
  while (!holds() && performance.now() < over) await sleep(2)
}
