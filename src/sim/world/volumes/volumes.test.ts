import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../kernel/json.ts'
import { minutes, seconds } from '../../../kernel/time.ts'
import type { WorldEvent } from '../events.ts'
import { isTerminating, nameOf, nodeNameOf, phaseOf, refOf } from '../fields.ts'
import { type SmallWorld, smallWorld } from '../world.fixture.ts'
import { attachments, listedVolumes, volumes } from './volume-names.ts'

const base = { namespace: 'shop', name: 'db', replicas: 1 } as const
const database = { ...base, disk: 'PerPod' } as const
const archive = { ...base, disk: 'Shared' } as const

interface DiskWorld extends SmallWorld {
  readonly catastrophes: () => readonly (readonly string[])[]
  readonly home: string
  readonly disk: string
}

async function diskWorld(workload: typeof database | typeof archive): Promise<DiskWorld> {
  const small = await smallWorld({ workloads: [workload] })
  const told: WorldEvent[] = []
  small.world.onEvent((event) => told.push(event))
  return {
    ...small,
    catastrophes: () => told.flatMap((event) => (event.kind === 'DoubleWriter' ? [event.machines] : [])),
    home: nodeNameOf(small.podsOf('db')[0] ?? {}),
    disk: small.world.api.list(volumes).map(nameOf)[0] ?? '',
  }
}

const outOfService = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }

function forceDelete({ world, podsOf }: DiskWorld): void {
  for (const pod of podsOf('db').filter(isTerminating)) world.api.delete('pods', refOf(pod), { gracePeriodSeconds: 0 })
}

describe('a pod with a disk', () => {
  test('runs once its disk is attached, and its node says so', async () => {
    const { world, node, podsOf, home, disk } = await diskWorld(database)
    expect(podsOf('db').map((pod) => [nameOf(pod), phaseOf(pod)])).toEqual([['db-0', 'Running']])
    expect(
      world.api.list(attachments).map((one) => [textAt(one, 'spec', 'nodeName'), at(one, 'status', 'attached')]),
    ).toEqual([[home, true]])
    expect(listedVolumes(node(home), 'volumesAttached')).toEqual(listedVolumes(node(home), 'volumesInUse'))
    expect(listedVolumes(node(home), 'volumesInUse')).toHaveLength(1)
    expect(world.disks.writersOf(disk)).toEqual([home])
  })

  test('moves with its disk when it is evicted: released first, attached then', async () => {
    const { world, loop, node, podsOf, home, disk, catastrophes } = await diskWorld(archive)
    world.api.patch('nodes', { name: home }, { spec: { unschedulable: true } })
    world.api.evict(refOf(podsOf('db')[0] ?? {}))
    await loop.runFor(seconds(40))
    const [writer] = world.disks.writersOf(disk)
    expect(writer).not.toBe(home)
    expect(writer).toBe(nodeNameOf(podsOf('db')[0] ?? {}))
    expect(listedVolumes(node(home), 'volumesInUse')).toEqual([])
    expect(world.api.list(attachments).map((one) => textAt(one, 'spec', 'nodeName'))).toEqual([writer])
    expect(catastrophes()).toEqual([])
  })
})

describe('a node that is cut off', () => {
  test('keeps its disk: the successor of its pod waits, and says for what', async () => {
    const { world, loop, podsOf, home, disk, catastrophes } = await diskWorld(archive)
    world.silence(home)
    await loop.runFor(minutes(30))
    expect(
      podsOf('db')
        .map((pod) => String(isTerminating(pod)))
        .toSorted(),
    ).toEqual(['false', 'true'])
    expect(world.disks.writersOf(disk)).toEqual([home])
    expect(world.api.list('events').map((event) => textAt(event, 'reason'))).toEqual(['FailedAttachVolume'])
    expect(catastrophes()).toEqual([])
  })

  test('keeps the ordinal of a StatefulSet: there is no second pod of that name', async () => {
    const { world, loop, podsOf, home } = await diskWorld(database)
    world.silence(home)
    await loop.runFor(minutes(30))
    expect(podsOf('db').map((pod) => [nameOf(pod), isTerminating(pod)])).toEqual([['db-0', true]])
  })

  test('loses its disk six minutes after its pod was forced away, and then two machines write', async () => {
    const small = await diskWorld(archive)
    const { world, loop, home, catastrophes } = small
    world.silence(home)
    await loop.runFor(minutes(7))
    forceDelete(small)
    await loop.runFor(minutes(5))
    expect(catastrophes()).toEqual([])
    await loop.runFor(minutes(2))
    expect(catastrophes()).toHaveLength(1)
    expect(catastrophes()[0]).toContain(home)
  })

  test('loses it at once when somebody says that it is out of service, and it is not', async () => {
    const { world, loop, home, catastrophes } = await diskWorld(database)
    world.silence(home)
    await loop.runFor(minutes(2))
    world.api.patch('nodes', { name: home }, { spec: { taints: [outOfService] } })
    await loop.runFor(seconds(30))
    expect(catastrophes()).toHaveLength(1)
  })
})

describe('a machine that is off', () => {
  test('writes nothing: its disk may go, forced or out of service', async () => {
    const { world, loop, podsOf, home, disk, catastrophes } = await diskWorld(database)
    world.machine(home).turnOff()
    await loop.runFor(minutes(2))
    expect(world.disks.writersOf(disk)).toEqual([])
    world.api.patch('nodes', { name: home }, { spec: { taints: [outOfService] } })
    await loop.runFor(seconds(30))
    expect(world.disks.writersOf(disk)).toEqual([nodeNameOf(podsOf('db')[0] ?? {})])
    expect(catastrophes()).toEqual([])
  })

  test('that comes back finds its pod gone, and starts nothing', async () => {
    const small = await diskWorld(archive)
    const { world, loop, home, disk, catastrophes } = small
    world.machine(home).turnOff()
    await loop.runFor(minutes(7))
    forceDelete(small)
    await loop.runFor(minutes(8))
    world.machine(home).turnOn()
    await loop.runFor(minutes(3))
    expect(world.disks.writersOf(disk)).toHaveLength(1)
    expect(world.disks.writersOf(disk)).not.toContain(home)
    expect(catastrophes()).toEqual([])
  })
})

test('a machine that hung writes nothing, and writes on when it wakes', async () => {
  const small = await diskWorld(archive)
  const { world, loop, home, disk, catastrophes } = small
  world.hang(home)
  expect(world.disks.writersOf(disk)).toEqual([])
  await loop.runFor(minutes(7))
  forceDelete(small)
  await loop.runFor(minutes(8))
  expect(catastrophes()).toEqual([])
  world.machine(home).recover()
  expect(catastrophes()).toHaveLength(1)
})

test('the taint alone empties no node that is Ready of what it can remove itself', async () => {
  const { world, loop, podsOf, home } = await diskWorld(database)
  const forced: string[] = []
  world.server.onChange(({ plural, type, request }) => {
    if (plural === 'pods' && type === 'DELETED') forced.push(request.user ?? '')
  })
  world.api.patch('nodes', { name: home }, { spec: { taints: [outOfService] } })
  await loop.runFor(minutes(1))
  expect(forced).toEqual([`system:node:${home}`])
  expect(nodeNameOf(podsOf('db')[0] ?? {})).not.toBe(home)
})

test('a StatefulSet grows and shrinks by its ordinals, one after the other', async () => {
  const { world, loop, podsOf } = await diskWorld(database)
  const scale = (replicas: number): void =>
    void world.api.patch('statefulsets.apps', { namespace: 'shop', name: 'db' }, { spec: { replicas } })
  scale(3)
  await loop.runFor(minutes(1))
  expect(podsOf('db').map(nameOf).toSorted()).toEqual(['db-0', 'db-1', 'db-2'])
  scale(1)
  await loop.runFor(minutes(1))
  expect(podsOf('db').map(nameOf)).toEqual(['db-0'])
  // What it wrote stays.
  expect(world.api.list('persistentvolumeclaims')).toHaveLength(3)
})
