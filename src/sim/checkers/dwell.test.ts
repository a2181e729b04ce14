import { expect, test } from 'vitest'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import type { MetricLevel } from '../world/events.ts'
import { dwellIsKept } from './dwell.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const node1 = '/api/v1/nodes/node-1'
const allRuns = '/apis/prunella.dev/v1alpha1/noderemediations'

test('I8: a run before its cause has held', async () => {
  const scene = await sceneOf(dwellIsKept())
  const stored = (name: string) => {
    const uid = scene.run(name, 'node-1')
    const run = scene.world.objects.get('noderemediations.prunella.dev', { name })
    const answer = { status: 201, headers: {}, body: run ?? { uid } }
    scene.send('POST', '/apis/prunella.dev/v1alpha1/noderemediations', { body: {}, answer })
  }
  scene.sicken('node-1')
  await scene.pass(seconds(9))
  stored('early')
  expect(scene.complaints).toEqual(['I8: early was begun on node-1 before its cause had held for as long as it must'])
  await scene.pass(seconds(2))
  stored('late')
  expect(scene.complaints).toHaveLength(1)
})

test('I8: whoever has not watched the cause for its hold himself has not seen it hold', async () => {
  const scene = await sceneOf(dwellIsKept())
  const begin = (name: string) => {
    scene.run(name, 'node-1')
    const body = scene.world.objects.get('noderemediations.prunella.dev', { name })
    const answer = { status: 201, headers: {}, body }
    scene.send('POST', '/apis/prunella.dev/v1alpha1/noderemediations', { body: {}, answer })
  }
  scene.sicken('node-1')
  await scene.pass(seconds(60))
  scene.newProcess()
  begin('newborn')
  expect(scene.complaints).toEqual(['I8: newborn was begun on node-1 before its cause had held for as long as it must'])
  await scene.pass(seconds(10))
  begin('watched')
  expect(scene.complaints).toHaveLength(1)
  scene.befalls({ kind: 'Frozen', by: scene.process })
  await scene.pass(seconds(20))
  scene.befalls({ kind: 'Thawed', by: scene.process })
  await scene.pass(seconds(5))
  begin('stood-still')
  expect(scene.complaints).toHaveLength(2)
  await scene.pass(seconds(5))
  begin('settled')
  expect(scene.complaints).toHaveLength(2)
})

/** As the API server confirms it, to a process that sent it now. */
const begun = (
  scene: Scene,
  cause: JsonObject,
  { name, node = 'node-1' }: { readonly name: string; readonly node?: string },
): void => {
  scene.runFor({ ...faulty, ...cause }, { name, node })
  const body = scene.world.objects.get('noderemediations.prunella.dev', { name })
  scene.send('POST', allRuns, { body: {}, answer: { status: 201, headers: {}, body } })
}
const faulty = {
  diagnosis: 'x',
  class: 'Fault',
  episode: '1',
  when: 's',
  message: 's',
  detectedTime: '2026-01-01T00:00:00Z',
}
const tooEarly = (name: string) => `I8: ${name} was begun on node-1 before its cause had held for as long as it must`

test('I8: what heals after the look that licenses a run cannot have been known; a look that is old licenses none', async () => {
  const scene = await sceneOf(dwellIsKept())
  const cause = { signals: [{ name: 's', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 }] }
  scene.sicken('node-1')
  await scene.pass(seconds(11))
  scene.send('GET', node1)
  await scene.pass(1)
  scene.sicken('node-1', 'False')
  await scene.pass(seconds(9))
  begun(scene, cause, { name: 'seen' })
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(2))
  begun(scene, cause, { name: 'seen-long-ago' })
  expect(scene.complaints).toEqual([tooEarly('seen-long-ago')])
  scene.sicken('node-1')
  await scene.pass(seconds(5))
  scene.send('GET', node1)
  await scene.pass(seconds(4))
  begun(scene, cause, { name: 'seen-too-early' })
  expect(scene.complaints[1]).toBe(tooEarly('seen-too-early'))
})

test('I8: an alert is believed as the last list told it, and no longer', async () => {
  const scene = await sceneOf(dwellIsKept())
  const cause = { signals: [{ name: 's', alert: { name: 'Broken' }, holdSeconds: 10 }] }
  const becomes = (firing: boolean): void =>
    scene.happens({ kind: 'AlertBecame', alert: 'Broken', machine: 'node-1', firing })
  const hear = (): void => {
    const now = scene.loop.now()
    scene.befalls({ kind: 'AlertsHeard', by: scene.process, at: now, trueAt: now })
  }
  becomes(true)
  await scene.pass(seconds(20))
  hear()
  await scene.pass(1)
  becomes(false)
  await scene.pass(seconds(60))
  begun(scene, cause, { name: 'told' })
  expect(scene.complaints).toEqual([])
  hear()
  await scene.pass(seconds(11))
  begun(scene, cause, { name: 'told-otherwise' })
  expect(scene.complaints).toEqual([tooEarly('told-otherwise')])
})

test('I8: what is measured stands until it is plainly over, whether or not anybody reads it meanwhile', async () => {
  const scene = await sceneOf(dwellIsKept())
  const cause = { signals: [{ name: 's', query: { expr: 'load > 0.9' }, holdSeconds: 30, freshnessSeconds: 60 }] }
  const becomes = (level: MetricLevel): void =>
    scene.happens({ kind: 'MetricBecame', metric: 'load', machine: 'node-1', level })
  becomes('Near')
  await scene.pass(seconds(40))
  begun(scene, cause, { name: 'never-beyond' })
  expect(scene.complaints).toEqual([tooEarly('never-beyond')])
  becomes('Beyond')
  await scene.pass(seconds(20))
  becomes('Silent')
  becomes('Near')
  await scene.pass(seconds(10))
  begun(scene, cause, { name: 'near' })
  expect(scene.complaints).toHaveLength(1)
  becomes('Away')
  await scene.pass(seconds(50))
  begun(scene, cause, { name: 'fresh' })
  expect(scene.complaints).toHaveLength(1)
  becomes('Near')
  await scene.pass(seconds(11))
  begun(scene, cause, { name: 'over' })
  expect(scene.complaints[1]).toBe(tooEarly('over'))
})

test('I8: how long a Lease does not move is measured by a clock that may run a little fast, and no faster', async () => {
  const scene = await sceneOf(dwellIsKept())
  const cause = { signals: [{ name: 's', lease: { silentSeconds: 100 }, holdSeconds: 0 }] }
  scene.world.machine('node-1').turnOff()
  await scene.pass(seconds(11))
  const renewed = textAt(
    scene.world.objects.get('leases.coordination.k8s.io', { namespace: 'kube-node-lease', name: 'node-1' }),
    'spec',
    'renewTime',
  )
  const stillMs = scene.loop.now() - Date.parse(renewed ?? '')
  await scene.pass(seconds(94) - stillMs)
  begun(scene, cause, { name: 'early' })
  expect(scene.complaints).toEqual([tooEarly('early')])
  await scene.pass(seconds(2))
  begun(scene, cause, { name: 'by-a-fast-clock' })
  expect(scene.complaints).toHaveLength(1)
})

test('I8: a run on a node that is not there', async () => {
  const scene = await sceneOf(dwellIsKept())
  scene.run('one', 'node-1')
  const body = scene.world.objects.get('noderemediations.prunella.dev', { name: 'one' })
  const begin = () =>
    scene.send('POST', '/apis/prunella.dev/v1alpha1/noderemediations', {
      body: {},
      answer: { status: 201, headers: {}, body },
    })
  scene.sicken('node-1')
  await scene.pass(seconds(11))
  scene.world.api.delete('nodes', { name: 'node-1' })
  begin()
  expect(scene.complaints).toEqual([])
  scene.world.machine('node-1').turnOff()
  await scene.pass(seconds(11))
  begin()
  expect(scene.complaints).toEqual(['I8: one was begun, and there is no node node-1'])
})
