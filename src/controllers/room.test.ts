import { expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import { podKind } from '../api/core/pod.ts'
import type { JsonObject } from '../kernel/json.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { Room } from './room.ts'
import { FakeWatched } from './watched.fixture.ts'

const owner = { kind: 'ReplicaSet', name: 'web', controller: true }

function bed() {
  const clock = new FakeClock()
  const nodes = Object.assign(new FakeWatched(nodeKind, {}), whole)
  const pods = Object.assign(new FakeWatched(podKind, { node: ({ nodeName }) => [nodeName] }), whole)
  const node = (
    name: string,
    cpu: string,
    { labels = {}, spec = {} }: { labels?: JsonObject; spec?: JsonObject } = {},
  ) =>
    nodes.put({
      metadata: { name, uid: name, labels },
      spec,
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        allocatable: { cpu, memory: '8Gi', pods: '110' },
      },
    })
  const pod = (name: string, nodeName: string, cpu: string) =>
    pods.put({
      metadata: { name, namespace: 'web', uid: name, ownerReferences: [owner] },
      spec: { nodeName, containers: [{ resources: { requests: { cpu } } }] },
      status: { phase: 'Running' },
    })
  const room = new Room({ nodes, pods }, clock)
  const around = async (name: string, taken: readonly string[] = []) => {
    await clock.advance(1_000)
    const seen = room.around(name, { taken: new Set(taken), growingPool: undefined })
    return seen.kind === 'Known' ? seen.placement : seen
  }
  const fullest = (...names: readonly string[]) =>
    room.fullest(nodes.list().filter(({ metadata }) => names.includes(metadata.name)))
  return { nodes, pods, node, pod, around, fullest, room }
}

const whole = { hasSynced: () => true, stalenessMs: () => 0 }

test('pods come and go, and what is left follows', async () => {
  const { node, pod, pods, around } = bed()
  node('a', '2')
  node('b', '2')
  pod('on-a', 'a', '1500m')
  expect(await around('a')).toMatchObject({ placed: 1, unplaced: [], headroomMilliCpu: 500 })
  pod('on-b', 'b', '1')
  expect(await around('a')).toMatchObject({ unplaced: [{ name: 'web/on-a', lacks: 'cpu', shortfall: 500 }] })
  pods.drop('web/on-b')
  expect(await around('a')).toMatchObject({ placed: 1, unplaced: [] })
})

test('a pod that is over takes no room; one that is terminating still does, and need not be moved', async () => {
  const { node, pod, pods, around } = bed()
  node('a', '2')
  node('b', '2')
  pod('on-a', 'a', '2')
  pod('on-b', 'b', '2')
  expect(await around('a')).toMatchObject({ placed: 0 })
  pods.put({ ...pods.raw('web/on-b'), status: { phase: 'Succeeded' } })
  expect(await around('a')).toMatchObject({ placed: 1 })
})

test('nodes that are cordoned, not Ready, tainted, or about to be emptied take nobody', async () => {
  const { node, pod, around } = bed()
  node('a', '2')
  pod('on-a', 'a', '1')
  node('b', '2', { spec: { unschedulable: true } })
  node('c', '2', { spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } })
  node('d', '2')
  expect(await around('a', ['d'])).toMatchObject({ placed: 0 })
  expect(await around('a')).toMatchObject({ placed: 1 })
})

test('half a list says nothing', async () => {
  const { node, pods, around } = bed()
  node('a', '2')
  Object.assign(pods, { hasSynced: () => false })
  expect(await around('a')).toMatchObject({ kind: 'Unknown' })
})

test('the fullest nodes are those whose requests would be hardest to place; who takes nobody is none', () => {
  const { node, pod, fullest } = bed()
  for (const name of ['a', 'b', 'c', 'd']) node(name, '4')
  node('cordoned', '4', { spec: { unschedulable: true } })
  pod('small', 'a', '500m')
  pod('large', 'b', '2')
  pod('larger', 'cordoned', '3')
  pod('equal', 'c', '500m')
  expect(fullest('a', 'b', 'c', 'cordoned')).toEqual(['b', 'a', 'c'])
})

test('the pods of further nodes that are lost want a place beside those of the first', async () => {
  const { node, pod, room, around } = bed()
  for (const name of ['a', 'b', 'c']) node(name, '2')
  pod('on-a', 'a', '1')
  pod('on-b', 'b', '1')
  await around('a')
  expect(room.after(['a', 'b'], new Set())).toMatchObject({ placed: 2, unplaced: [] })
  pod('on-c', 'c', '500m')
  await around('a')
  expect(room.after(['a', 'b'], new Set())).toMatchObject({ unplaced: [{ lacks: 'cpu', shortfall: 500 }] })
  expect(room.after(['a'], new Set(['b', 'c']))).toMatchObject({ unplaced: [{ name: 'web/on-a' }] })
})
