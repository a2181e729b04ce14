import { expect, test } from 'vitest'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { later, minutes, seconds } from '../../kernel/time.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'
import { theBlindBeginNothing } from './view.ts'

test('I7: who has been blind for long begins nothing', async () => {
  const scene = await sceneOf(theBlindBeginNothing())
  const by = scene.process
  for (const path of ['/api/v1/nodes', '/apis/prunella.dev/v1alpha1/remediationpauses'])
    scene.befalls({ kind: 'WatchOpened', by, path })
  scene.befalls({ kind: 'WatchFellSilent', by, path: '/api/v1/nodes' })
  await scene.pass(minutes(2))
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  await scene.pass(minutes(3))
  scene.sendCordon()
  expect(scene.complaints[0]).toMatch(/^I7: .* its watch of \/api\/v1\/nodes had been silent/)
  scene.befalls({ kind: 'WatchOpened', by, path: '/api/v1/nodes' })
  scene.sendCordon()
  expect(scene.complaints).toHaveLength(1)
})

test('I7: a watch that is over, and one that was never opened, tell nothing either', async () => {
  const scene = await sceneOf(theBlindBeginNothing())
  const by = scene.process
  const [nodes, pauses] = ['/api/v1/nodes', '/apis/prunella.dev/v1alpha1/remediationpauses'] as const
  scene.befalls({ kind: 'WatchOpened', by, path: nodes })
  await scene.pass(minutes(5))
  scene.sendCordon()
  expect(scene.complaints).toEqual([expect.stringContaining(`its watch of ${pauses} had been silent`)])
  scene.befalls({ kind: 'WatchOpened', by, path: pauses })
  scene.befalls({ kind: 'WatchEnded', by, path: nodes })
  await scene.pass(minutes(5))
  scene.sendCordon()
  expect(scene.complaints[1]).toContain(`its watch of ${nodes} had been silent`)
})

test('I7: who reads all pauses needs no watch of them, as long as it is not long ago', async () => {
  const scene = await sceneOf(theBlindBeginNothing())
  const pauses = '/apis/prunella.dev/v1alpha1/remediationpauses'
  scene.befalls({ kind: 'WatchOpened', by: scene.process, path: '/api/v1/nodes' })
  await scene.pass(minutes(5))
  scene.send('GET', pauses, { query: { fieldSelector: 'metadata.name=one' } })
  scene.sendCordon()
  expect(scene.complaints).toHaveLength(1)
  scene.send('GET', pauses)
  await scene.pass(seconds(9))
  scene.sendCordon()
  expect(scene.complaints).toHaveLength(1)
  await scene.pass(seconds(2))
  scene.sendCordon()
  expect(scene.complaints).toHaveLength(2)
})

/** A run as the operator begins it, for a cause of its own. */
function begin(scene: Scene, name: string, spec: JsonObject = {}): void {
  scene.run(name, 'node-1')
  const stored = scene.world.objects.get('noderemediations.prunella.dev', { name })
  const body = { ...stored, spec: { ...(isObject(stored?.['spec']) ? stored['spec'] : {}), ...spec } }
  scene.send('POST', '/apis/prunella.dev/v1alpha1/noderemediations', {
    body: {},
    answer: { status: 201, headers: {}, body },
  })
}

const treat = (scene: Scene, name: string): void =>
  scene.send('PATCH', `/apis/prunella.dev/v1alpha1/noderemediations/${name}/status`, {
    body: { status: { step: { name: 'Treating', rung: 1 } } },
    answer: { status: 200, headers: {}, body: {} },
  })

const onAlert = {
  cause: {
    diagnosis: 'broken',
    class: 'Fault',
    episode: '1',
    when: 'broken',
    signals: [{ name: 'broken', alert: { name: 'NodeBroken' }, holdSeconds: 30 }],
    message: 'it is broken',
    detectedTime: '2026-01-01T00:00:00Z',
  },
}

test('I7: who has heard nothing of the alerts begins nothing that rests on them, and climbs no higher', async () => {
  const scene = await sceneOf(theBlindBeginNothing())
  const hear = (trueAt = scene.loop.now()) =>
    scene.befalls({ kind: 'AlertsHeard', by: scene.process, at: scene.loop.now(), trueAt })
  begin(scene, 'never', onAlert)
  expect(scene.complaints).toEqual([expect.stringMatching(/^I7: .* the alert of broken was last heard of never$/)])
  hear()
  await scene.pass(minutes(2))
  begin(scene, 'fresh', onAlert)
  expect(scene.complaints).toHaveLength(1)
  await scene.pass(seconds(10))
  begin(scene, 'stale', onAlert)
  expect(scene.complaints[1]).toMatch(/the alert of broken was last heard of too long ago$/)
  scene.runFor(onAlert.cause, { name: 'higher', node: 'node-2' })
  treat(scene, 'higher')
  expect(scene.complaints[2]).toMatch(/higher\/status, and the alert of broken/)
  begin(scene, 'by-condition')
  expect(scene.complaints).toHaveLength(3)
  hear(later(scene.loop.now(), -minutes(4)))
  begin(scene, 'of-a-kept-list', onAlert)
  expect(scene.complaints).toHaveLength(3)
  hear(later(scene.loop.now(), -minutes(5)))
  begin(scene, 'of-an-old-list', onAlert)
  expect(scene.complaints[3]).toMatch(/what was told of the alert of broken was last heard of too long ago$/)
})

test('I7: who has stood still begins nothing, and goes on with nothing, until he has settled', async () => {
  const scene = await sceneOf(theBlindBeginNothing())
  const by = scene.process
  scene.befalls({ kind: 'Frozen', by })
  await scene.pass(seconds(5))
  scene.befalls({ kind: 'Thawed', by })
  // The one request that was under way.
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(1))
  scene.sendCordon()
  begin(scene, 'one')
  treat(scene, 'one')
  scene.befalls({ kind: 'PowerOrdered', by, command: 'Off', address: '10.0.0.1' })
  scene.befalls({ kind: 'PowerOrdered', by, command: 'On', address: '10.0.0.1' })
  expect(scene.complaints).toHaveLength(4)
  expect(scene.complaints[0]).toMatch(/^I7: .* and it had just stood still$/)
  await scene.pass(seconds(9))
  scene.sendCordon()
  expect(scene.complaints).toHaveLength(4)
})

test('I7: nothing begins right after a clock was set; what it takes to notice that is allowed, and so is NTP', async () => {
  const scene = await sceneOf(theBlindBeginNothing())
  const by = scene.process
  scene.befalls({ kind: 'ClockJumped', by, jumpMs: 400 })
  await scene.pass(seconds(2))
  scene.sendCordon()
  scene.befalls({ kind: 'ClockJumped', by, jumpMs: -60_000 })
  await scene.pass(seconds(1))
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(1))
  scene.sendCordon()
  expect(scene.complaints).toEqual([expect.stringMatching(/^I7: .* and its clock had just been set$/)])
  await scene.pass(seconds(8))
  scene.sendCordon()
  expect(scene.complaints).toHaveLength(1)
})
