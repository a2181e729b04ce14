import { expect, test } from 'vitest'
import { minutes, seconds } from '../../kernel/time.ts'
import { nameOf } from '../world/fields.ts'
import { drainedMeansGone, treatmentsFollowDrains } from './drains.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const put = (scene: Scene): void => {
  const ref = { namespace: 'default', name: 'web' }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web-uid', controller: true }
  scene.world.api.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...ref, ownerReferences: [owner] },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'registry.example/app:1' }] },
  })
}

const treat = (scene: Scene, rung = 0): void => scene.step('one', { name: 'Treating', stage: 'Ordering', rung })

test('I14: a treatment with pods still on the node, before the deadline; who has only just come cannot be known', async () => {
  const scene = await sceneOf(treatmentsFollowDrains())
  scene.run('one', 'node-1', { name: 'Draining' })
  put(scene)
  await scene.pass(seconds(10))
  treat(scene)
  expect(scene.complaints).toEqual([])
  scene.step('one', { name: 'Draining' })
  await scene.pass(seconds(15))
  treat(scene)
  expect(scene.complaints).toEqual(['I14: one began to treat node-1 with web still on it'])
})

test('I14: the deadline waives pods only where the rung says so', async () => {
  const scene = await sceneOf(treatmentsFollowDrains())
  put(scene)
  scene.run('one', 'node-1', { name: 'Draining' })
  await scene.pass(seconds(61))
  treat(scene)
  expect(scene.complaints).toEqual(['I14: one began to treat node-1 with web still on it'])
  scene.step('one', { name: 'Draining', rung: 1 })
  await scene.pass(minutes(1))
  treat(scene, 1)
  expect(scene.complaints).toHaveLength(2)
  await scene.pass(1)
  scene.step('one', { name: 'Draining', rung: 2 })
  await scene.pass(seconds(59))
  treat(scene, 2)
  expect(scene.complaints).toHaveLength(2)
})

test('I14: what stays in a drain is in no way of it, and a node that is not ready is not drained where the rung says so', async () => {
  const scene = await sceneOf(treatmentsFollowDrains())
  expect(scene.world.objects.podsOn('node-1').map(nameOf)).not.toEqual([])
  scene.run('one', 'node-1', { name: 'Draining' })
  await scene.pass(seconds(30))
  treat(scene)
  expect(scene.complaints).toEqual([])
  put(scene)
  scene.step('one', { name: 'Draining', rung: 3 })
  await scene.pass(seconds(30))
  treat(scene, 3)
  expect(scene.complaints).toHaveLength(1)
  scene.world.silence('node-1')
  await scene.pass(minutes(2))
  scene.step('one', { name: 'Draining', rung: 3 })
  treat(scene, 3)
  expect(scene.complaints).toHaveLength(1)
})

test('I14: a node is called drained while a pod that had to leave is still on it', async () => {
  const scene = await sceneOf(drainedMeansGone)
  const called = (status: string) => ({
    conditions: [
      { type: 'Drained', status, reason: 'Drained', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  })
  scene.run('one', 'node-1', { name: 'Draining' })
  put(scene)
  await scene.pass(seconds(30))
  scene.step('one', { name: 'Treating', stage: 'Ordering' }, called('False'))
  expect(scene.complaints).toEqual([])
  scene.step('one', { name: 'Draining' })
  scene.step('one', { name: 'Treating', stage: 'Ordering' }, called('True'))
  expect(scene.complaints).toEqual(['I14: one calls node-1 drained, and web is still there'])
})
