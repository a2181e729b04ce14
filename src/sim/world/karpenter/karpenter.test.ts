import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../kernel/time.ts'
import { isReady, isTerminating, nameOf, refOf, taintsOf } from '../fields.ts'
import { type SmallWorld, smallWorld } from '../world.fixture.ts'
import type { Karpenter } from './karpenter.ts'

interface RentedWorld extends SmallWorld {
  readonly karpenter: Karpenter
  readonly victim: string
  readonly claims: () => readonly string[]
}

async function rentedWorld(nodes = 1): Promise<RentedWorld> {
  const pools = [{ name: 'general', cpus: 4, zones: ['a'], nodes }]
  const nodeSelector = { 'karpenter.sh/nodepool': 'general' }
  const batch = { namespace: 'batch', name: 'batch', replicas: 2, cpu: '1500m', nodeSelector }
  const small = await smallWorld({ nodes: 1, pools, workloads: [batch] })
  const { karpenter } = small.world
  if (karpenter === undefined) throw new Error('there is no Karpenter')
  const claims = (): readonly string[] => small.world.api.list('nodeclaims.karpenter.sh').map(nameOf)
  return { ...small, karpenter, claims, victim: claims()[0] ?? '' }
}

describe('Karpenter misbehaves:', () => {
  test('a claim that is deleted stays with its finalizer, until it is let go', async () => {
    const { world, loop, karpenter, claims, victim } = await rentedWorld()
    karpenter.behave({ keepsFinalizers: true })
    world.api.delete('nodeclaims.karpenter.sh', { name: victim })
    await loop.runFor(minutes(20))
    expect(claims()).toContain(victim)
    expect(isTerminating(world.api.get('nodes', { name: victim }) ?? {})).toBe(true)
    expect(karpenter.counts.get('FinalizerKept')).toBeGreaterThan(0)
    karpenter.behaveWell()
    await loop.runFor(minutes(1))
    expect(claims()).not.toContain(victim)
    expect(world.api.get('nodes', { name: victim })).toBeUndefined()
  })

  test('no capacity: nothing comes, and it is asked for no oftener than every three minutes', async () => {
    const { world, loop, karpenter, claims, victim, nodesOf } = await rentedWorld()
    karpenter.behave({ hasNoCapacity: true })
    world.api.delete('nodeclaims.karpenter.sh', { name: victim })
    await loop.runFor(minutes(30))
    expect(nodesOf('batch')).toEqual([])
    expect(karpenter.counts.get('NoCapacity')).toBeGreaterThan(3)
    expect(karpenter.counts.get('NoCapacity')).toBeLessThan(12)
    karpenter.behaveWell()
    await loop.runFor(minutes(6))
    expect(claims()).toHaveLength(1)
    expect(nodesOf('batch')).toHaveLength(2)
  })

  test('a machine that never becomes a node is given back after a quarter of an hour', async () => {
    const { world, loop, karpenter, claims, victim } = await rentedWorld()
    karpenter.behave({ neverRegisters: true })
    world.api.delete('nodeclaims.karpenter.sh', { name: victim })
    await loop.runFor(minutes(10))
    const [stillborn = ''] = claims()
    expect(world.machine(stillborn).state).toBe('Running')
    expect(world.api.get('nodes', { name: stillborn })).toBeUndefined()
    await loop.runFor(minutes(10))
    expect(claims()).not.toContain(stillborn)
  })

  test('the cloud takes a machine, and its claim follows when it is missed', async () => {
    const { world, loop, karpenter, claims, victim, nodesOf } = await rentedWorld()
    karpenter.reclaim(victim)
    expect(world.fleet.hosts.has(victim)).toBe(false)
    await loop.runFor(minutes(1))
    expect(claims()).toContain(victim)
    await loop.runFor(minutes(6))
    expect(claims()).not.toContain(victim)
    expect(nodesOf('batch')).toHaveLength(2)
  })

  test('a quota that is spent keeps the pool from growing', async () => {
    const { world, loop, karpenter, claims } = await rentedWorld()
    karpenter.setQuota('general', 1)
    world.api.patch('deployments.apps', { namespace: 'batch', name: 'batch' }, { spec: { replicas: 6 } })
    await loop.runFor(minutes(5))
    expect(claims()).toHaveLength(1)
    karpenter.setQuota('general', 3)
    await loop.runFor(minutes(5))
    expect(claims()).toHaveLength(3)
  })

  test('a disruption of its own begins with a taint, and may be called off', async () => {
    const { loop, karpenter, node, victim, claims } = await rentedWorld()
    karpenter.markDisrupted(victim, true)
    expect(taintsOf(node(victim)).map(({ key }) => key)).toEqual(['karpenter.sh/disrupted'])
    karpenter.markDisrupted(victim, false)
    expect(taintsOf(node(victim))).toEqual([])
    karpenter.disrupt(victim)
    await loop.runFor(minutes(3))
    expect(claims()).not.toContain(victim)
  })
})

test('a node goes with its machine only after its disks have let go', async () => {
  const pools = [{ name: 'general', cpus: 4, zones: ['a'], nodes: 1 }]
  const nodeSelector = { 'karpenter.sh/nodepool': 'general' }
  const db = { namespace: 'db', name: 'db', replicas: 1, nodeSelector, disk: 'PerPod' } as const
  const { world, loop } = await smallWorld({ nodes: 1, pools, workloads: [db] })
  const [claim = {}] = world.api.list('nodeclaims.karpenter.sh')
  const attachedAtEnd: number[] = []
  world.onEvent(({ kind }) => {
    const here = world.api.list('volumeattachments.storage.k8s.io')
    if (kind === 'MachineTerminated') attachedAtEnd.push(here.length)
  })
  world.api.delete('nodeclaims.karpenter.sh', refOf(claim))
  await loop.runFor(minutes(5))
  expect(attachedAtEnd).toEqual([0])
  expect(world.api.list('pods', { labelSelector: 'app=db' }).map(isReady)).toEqual([true])
})

test('a node joins with a BMC, and leaves with everything', async () => {
  const { world, loop, node } = await smallWorld()
  const name = world.addNode()
  await loop.runFor(minutes(3))
  expect(isReady(node(name))).toBe(true)
  expect(world.bmc(name).readPower()).toBe('On')
  world.removeNode(name)
  await loop.runFor(seconds(5))
  expect(world.api.get('nodes', { name })).toBeUndefined()
  expect(world.fleet.hosts.has(name)).toBe(false)
})
