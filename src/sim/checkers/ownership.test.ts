import { expect, test } from 'vitest'
import { annotation, keepOffMarks } from '../../api/annotations.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { onlyOursIsUndone } from './ownership.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const write = (scene: Scene, patch: JsonObject): void => void scene.operator.patch('nodes', { name: 'node-1' }, patch)

test.for<readonly [string, JsonObject]>([
  ['a/label', { metadata: { labels: { 'a/label': 'x' } } }],
  ['an/annotation', { metadata: { annotations: { 'an/annotation': 'x' } } }],
  ['taints', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } }],
])('I12: a field of a node that is not ours: %s', async ([what, patch]) => {
  const scene = await sceneOf(onlyOursIsUndone())
  write(scene, patch)
  expect(scene.complaints).toEqual([`I12: node-1: the operator changed ${what}`])
})

test("I12: the status of a node is the kubelet's", async () => {
  const scene = await sceneOf(onlyOursIsUndone())
  scene.operator.patchStatus('nodes', { name: 'node-1' }, { status: { phase: 'Pending' } })
  expect(scene.complaints).toEqual(['I12: node-1: the operator changed status'])
})

test('I12: a Node is neither made nor deleted by us', async () => {
  const scene = await sceneOf(onlyOursIsUndone())
  scene.operator.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'another' } })
  scene.operator.delete('nodes', { name: 'another' })
  expect(scene.complaints).toEqual([
    'I12: another was ADDED by the operator',
    'I12: another was DELETED by the operator',
  ])
})

test('I12: a cordon is kept where a person wants that, and where nobody knows whose it is', async () => {
  const scene = await sceneOf(onlyOursIsUndone())
  const uid = scene.run('one', 'node-1', { name: 'Releasing', outcome: 'Cancelled' })
  scene.world.api.patch(
    'noderemediations.prunella.dev',
    { name: 'one' },
    { spec: { cancel: { reason: 'leave it', keepCordoned: true } } },
  )
  scene.cordon('node-1', uid)
  write(scene, { spec: { unschedulable: null } })
  scene.cordon('node-1', 'nobody')
  write(scene, { spec: { unschedulable: null } })
  expect(scene.complaints).toEqual([
    'I12: node-1 was uncordoned, and its run was to keep it cordoned',
    'I12: node-1 was uncordoned while its run was not there',
  ])
})

test('I12: a mark of ours is theirs once somebody has given it another value', async () => {
  const scene = await sceneOf(onlyOursIsUndone())
  const [mark] = keepOffMarks
  write(scene, { metadata: { annotations: { [annotation.marks]: mark, [mark]: 'true' } } })
  scene.world.api.patch('nodes', { name: 'node-1' }, { metadata: { annotations: { [mark]: 'false' } } })
  write(scene, { metadata: { annotations: { [mark]: null } } })
  expect(scene.complaints).toEqual([`I12: node-1: the operator changed ${mark}, which somebody else set`])
})
