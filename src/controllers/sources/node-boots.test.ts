import { expect, test } from 'vitest'
import { type Node, nodeKind } from '../../api/core/node.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { runOf } from '../../domain/detect/observation.fixture.ts'
import { mono } from '../../kernel/time.ts'
import type { Change } from '../../runtime/cache.ts'
import { NodeBoots } from './node-boots.ts'

const node = (bootID: string, uid = 'uid-of-node-1'): Node =>
  nodeKind.project({ metadata: { name: 'node-1', uid }, status: { nodeInfo: { bootID } } })

interface Surroundings {
  now: number
  run: NodeRemediation | undefined
  silentForMs: number
  follow: (change: Change<Node>) => void
}

function started() {
  const world: Surroundings = { now: 0, run: undefined, silentForMs: 0, follow: () => {} }
  const told: (readonly string[])[] = []
  const boots = new NodeBoots({
    clock: { mono: () => mono(world.now), sleep: async () => {} },
    nodes: {
      onChange: (handler) => void (world.follow = handler),
      hasSynced: () => true,
      stalenessMs: () => world.silentForMs,
    },
    asks: () => true,
    runs: { byIndex: () => (world.run === undefined ? [] : [world.run]) },
  })
  boots.onChange(({ nodeNames }) => told.push(nodeNames))
  const see = (at: number, now: Node | undefined) => {
    world.now = at
    world.follow({ key: 'node-1', old: undefined, new: now })
    return boots.seen('node-1').boots
  }
  return { see, told, world, boots }
}

test('a boot ID that changes under our eyes is a boot, one that is not said is none, and a new Node begins anew', () => {
  const { see, told } = started()
  expect(see(0, undefined)).toMatchObject({ kind: 'Unavailable' })
  expect(see(1, node(''))).toMatchObject({ kind: 'Known', watchedSinceMono: 1, boots: [] })
  expect(see(2, node('a'))).toMatchObject({ boots: [] })
  expect(see(3, node('a'))).toMatchObject({ boots: [] })
  expect(see(4, node('b'))).toMatchObject({ watchedSinceMono: 1, boots: [{ atMono: 4, ours: false }] })
  expect(see(5, node(''))).toMatchObject({ boots: [{ atMono: 4 }] })
  expect(see(6, node('c', 'another'))).toMatchObject({ watchedSinceMono: 6, boots: [] })
  expect(told).toEqual([['node-1']])
})

test.each([
  ['is about to boot the node', runOf('Treating'), true],
  ['has done so', runOf('Verifying'), true],
  ['drains it still', runOf('Draining'), false],
  ['is a plan', runOf('Treating', { dryRun: true }), false],
  ['is over', runOf('Done'), false],
  ['is about another Node', runOf('Treating', { node: { name: 'node-1', uid: 'another' } }), false],
])('a boot while a run %s', (_, run, ours) => {
  const { see, world } = started()
  see(0, node('a'))
  world.run = run
  expect(see(1, node('b'))).toMatchObject({ boots: [{ ours }] })
})

test('while nobody hears of nodes, no boot is no evidence', () => {
  const { see, world, boots } = started()
  see(0, node('a'))
  expect(boots.seen('node-1').boots).toMatchObject({ kind: 'Known', boots: [] })
  world.silentForMs = 180_000
  expect(boots.seen('node-1').boots).toEqual({
    kind: 'Unavailable',
    message: 'nodes have not been heard of for a while',
  })
})
