import { expect, test } from 'vitest'
import { textAt } from '../../kernel/json.ts'
import { later, seconds } from '../../kernel/time.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'
import { deedsFollowTheirRecord, deedsHoldTheirSlot } from './write-ahead.ts'

function evict(scene: Scene): void {
  const [pod] = scene.world.objects.podsOn('node-1')
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')]
  scene.send('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    body: {},
    answer: { status: 201, headers: {}, body: {} },
  })
}

function switchOff(scene: Scene): void {
  const { address } = scene.world.bmc('node-1').options
  scene.befalls({ kind: 'PowerOrdered', by: scene.process, command: 'Off', address })
}

test('I18: an effect before its intent is stored, and one long after its step is over', async () => {
  const scene = await sceneOf(deedsFollowTheirRecord())
  scene.run('one', 'node-1', { name: 'Cordoning' })
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  evict(scene)
  expect(scene.complaints).toEqual([
    expect.stringMatching(
      /^I18: the eviction of .* was sent while one was not recorded as Draining or Treating\/Relieving$/,
    ),
  ])
  scene.step('one', { name: 'Draining' })
  await scene.pass(seconds(9))
  // Under way when the step was stored.
  scene.sendCordon()
  evict(scene)
  expect(scene.complaints).toHaveLength(1)
  await scene.pass(seconds(2))
  scene.sendCordon()
  expect(scene.complaints[1]).toBe('I18: the cordon of node-1 was sent while one was not recorded as Cordoning')
})

test('I18: power goes off in its own stage, and in no other', async () => {
  const scene = await sceneOf(deedsFollowTheirRecord())
  scene.run('one', 'node-1', { name: 'Treating', stage: 'Ordering' })
  switchOff(scene)
  expect(scene.complaints).toEqual([
    'I18: the power-off of node-1 was sent while one was not recorded as Treating/PoweringOff',
  ])
  scene.step('one', { name: 'Treating', stage: 'PoweringOff' })
  switchOff(scene)
  expect(scene.complaints).toHaveLength(1)
})

test('I18: what was sent before its record was stored went ahead of it, however late it arrives', async () => {
  const scene = await sceneOf(deedsFollowTheirRecord())
  scene.run('one', 'node-1', { name: 'Claiming' })
  const sentAt = scene.loop.now()
  await scene.pass(seconds(1))
  scene.step('one', { name: 'Cordoning' })
  const resourceVersion = textAt(scene.truth.node('node-1'), 'metadata', 'resourceVersion') ?? ''
  const body = { metadata: { resourceVersion }, spec: { unschedulable: true } }
  scene.send('PATCH', '/api/v1/nodes/node-1', { body, sentAt })
  expect(scene.complaints).toEqual(['I18: the cordon of node-1 was sent while one was not recorded as Cordoning'])
  await scene.pass(seconds(1))
  scene.send('PATCH', '/api/v1/nodes/node-1', {
    body,
    sentAt: later(scene.loop.now(), -500),
    answer: { status: 200, headers: {}, body: {} },
  })
  expect(scene.complaints).toHaveLength(1)
})

test('I1: who holds no slot touches nothing; one that was there a moment ago may have been seen', async () => {
  const scene = await sceneOf(deedsHoldTheirSlot())
  const uid = scene.run('one', 'node-1', { name: 'Cordoning' })
  scene.sendCordon(uid)
  expect(scene.complaints).toEqual(['I1: the cordon of node-1: one holds no slot'])
  scene.claim('one', 'node-1', uid)
  scene.sendCordon(uid)
  switchOff(scene)
  expect(scene.complaints).toHaveLength(1)
  scene.world.api.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { slots: [] } })
  await scene.pass(seconds(9))
  scene.sendCordon(uid)
  expect(scene.complaints).toHaveLength(1)
  await scene.pass(seconds(2))
  scene.sendCordon(uid)
  switchOff(scene)
  expect(scene.complaints.slice(1)).toEqual([
    'I1: the cordon of node-1: one holds no slot',
    'I1: the power-off of node-1: one holds no slot',
  ])
  scene.claim('one', 'node-1', uid)
  evict(scene)
  expect(scene.complaints).toHaveLength(3)
})
