import { expect, test } from 'vitest'
import { minutes, seconds } from '../../kernel/time.ts'
import { successIsReal } from './outcomes.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const pool = { 'karpenter.sh/nodepool': 'rented' }

const rent = (scene: Scene, name: string): void =>
  void scene.world.api.patch('nodes', { name }, { metadata: { labels: pool } })

const claim = (scene: Scene, name: string): void => {
  scene.step(name, { name: 'Treating', stage: 'AwaitingReplacement' })
  scene.step(name, { name: 'Releasing', outcome: 'NodeReplaced' })
}

test('I17: a replacement of a node that is still there, or that nobody had rented out', async () => {
  const scene = await sceneOf(successIsReal())
  rent(scene, 'node-1')
  scene.run('one', 'node-1')
  claim(scene, 'one')
  expect(scene.complaints).toEqual(['I17: one claims success, the old node is there'])
  scene.run('two', 'node-2')
  scene.world.api.delete('nodes', { name: 'node-2' })
  claim(scene, 'two')
  expect(scene.complaints[1]).toBe('I17: two claims success, and nobody had rented out node-2')
})

test('I17: a replacement without a node that has come since', async () => {
  const scene = await sceneOf(successIsReal())
  for (const name of ['node-1', 'node-2']) rent(scene, name)
  scene.run('one', 'node-1')
  scene.world.api.delete('nodes', { name: 'node-1' })
  scene.world.machine('node-1').turnOff()
  claim(scene, 'one')
  expect(scene.complaints).toEqual(['I17: one claims success, and no node of rented that has come since is ready'])
  const young = scene.world.addNode()
  await scene.pass(minutes(3))
  rent(scene, young)
  claim(scene, 'one')
  expect(scene.complaints).toHaveLength(1)
})

test('I17: success of a machine that has died; who has just died cannot be missed yet', async () => {
  const scene = await sceneOf(successIsReal())
  const machine = scene.world.machine('node-1')
  scene.run('one', 'node-1', { name: 'Treating' })
  machine.turnOff()
  machine.turnOn()
  await scene.pass(minutes(5))
  const recover = (): void => {
    scene.step('one', { name: 'Verifying' })
    scene.step('one', { name: 'Releasing', outcome: 'NodeRecovered' })
  }
  machine.turnOff()
  await scene.pass(seconds(10))
  recover()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(12))
  recover()
  expect(scene.complaints).toEqual(['I17: one claims success, node-1 is Off'])
})

test('I17: success while the cause is still to be seen', async () => {
  const scene = await sceneOf(successIsReal())
  const machine = scene.world.machine('node-1')
  scene.run('one', 'node-1', { name: 'Treating' })
  machine.turnOff()
  machine.turnOn()
  await scene.pass(minutes(5))
  scene.sicken('node-1')
  await scene.pass(seconds(25))
  scene.step('one', { name: 'Releasing', outcome: 'NodeRecovered' })
  expect(scene.complaints).toEqual(['I17: one claims success, node-1 still shows kernelDeadlock'])
})

test('I17: success while a DaemonSet does not serve the node; who has only just stopped cannot be missed yet', async () => {
  const scene = await sceneOf(successIsReal())
  const machine = scene.world.machine('node-1')
  scene.run('one', 'node-1', { name: 'Treating' })
  machine.turnOff()
  machine.turnOn()
  await scene.pass(minutes(5))
  scene.world.host('node-1').kubelet.pods.ail('CrashLoopBackOff')
  const recover = (): void => {
    scene.step('one', { name: 'Verifying' })
    scene.step('one', { name: 'Releasing', outcome: 'NodeRecovered' })
  }
  await scene.pass(seconds(19))
  recover()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(2))
  recover()
  expect(scene.complaints).toEqual([expect.stringMatching(/^I17: one claims success, DaemonSet pod .* is not ready$/)])
})
