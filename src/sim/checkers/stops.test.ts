import { expect, test } from 'vitest'
import { later, minutes, rfc3339 } from '../../kernel/time.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'
import { stopsAreHonoured } from './stops.ts'

const exclude = (scene: Scene, words: string): void =>
  void scene.world.api.patch(
    'nodes',
    { name: 'node-1' },
    { metadata: { annotations: { 'prunella.dev/exclude': words } } },
  )

const cancel = (scene: Scene, name: string): void =>
  void scene.world.api.patch('noderemediations.prunella.dev', { name }, { spec: { cancel: { reason: 'stop' } } })

test('I13: after a node was excluded one more request, and no second', async () => {
  const scene = await sceneOf(stopsAreHonoured())
  scene.run('one', 'node-1', { name: 'Cordoning' })
  exclude(scene, 'a person works there')
  await scene.pass(1)
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  scene.sendCordon()
  expect(scene.complaints).toEqual(['I13: the cordon of node-1 was the 2. request after the exclusion of node-1'])
})

test('I13: an exclusion whose end has come stops nobody', async () => {
  const scene = await sceneOf(stopsAreHonoured())
  scene.run('one', 'node-1', { name: 'Cordoning' })
  exclude(scene, JSON.stringify({ until: rfc3339(later(scene.loop.now(), minutes(1))) }))
  await scene.pass(minutes(2))
  for (let count = 0; count < 3; count += 1) scene.sendCordon()
  expect(scene.complaints).toEqual([])
})

test('I13: after a cancellation one more request; the power-off of a treatment is the only way through', async () => {
  const scene = await sceneOf(stopsAreHonoured())
  const address = '10.0.0.1'
  const off = () => scene.befalls({ kind: 'PowerOrdered', by: scene.process, command: 'Off', address })
  const name = scene.world.nodeOfBmc(address)
  scene.run('one', 'node-1', { name: 'Draining' })
  cancel(scene, 'one')
  await scene.pass(1)
  for (let count = 0; count < 2; count += 1) scene.sendCordon()
  expect(scene.complaints).toEqual(['I13: the cordon of node-1 was the 2. request after the cancellation of one'])
  scene.step('one', { name: 'Done', outcome: 'Cancelled' })
  scene.run('two', name, { name: 'Treating' })
  cancel(scene, 'two')
  await scene.pass(1)
  for (let count = 0; count < 3; count += 1) off()
  expect(scene.complaints).toHaveLength(1)
})

test('I13: power under a pause', async () => {
  const scene = await sceneOf(stopsAreHonoured())
  const address = '10.0.0.1'
  scene.run('one', scene.world.nodeOfBmc(address), { name: 'Treating' })
  scene.world.api.create('remediationpauses.prunella.dev', {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'RemediationPause',
    metadata: { name: 'stop' },
    spec: { scope: { policyName: 'sim' }, reason: 'r' },
  })
  await scene.pass(1)
  const order = (command: 'Off' | 'On') => scene.befalls({ kind: 'PowerOrdered', by: scene.process, command, address })
  for (const command of ['On', 'Off', 'On', 'Off'] as const) order(command)
  expect(scene.complaints).toEqual([
    expect.stringMatching(/^I13: the power-off of .* was the 2\. request after pause stop$/),
  ])
})

test('I13: a slot is a request like any other; one that a run under way claims again starts nothing', async () => {
  const scene = await sceneOf(stopsAreHonoured())
  const [uid, again] = [scene.run('one', 'node-1'), scene.run('two', 'node-2', { name: 'Claiming', attempted: true })]
  scene.world.api.create('remediationpauses.prunella.dev', {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'RemediationPause',
    metadata: { name: 'stop-all' },
    spec: { scope: { everything: {} }, reason: 'r' },
  })
  await scene.pass(1)
  scene.claim('one', 'node-1', uid)
  expect(scene.complaints).toEqual([])
  scene.sendCordon(uid)
  expect(scene.complaints).toEqual(['I13: the cordon of node-1 was the 2. request after pause stop-all'])
  const forget = { spec: { slots: [] } }
  scene.world.api.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, forget)
  scene.claim('one', 'node-1', uid)
  expect(scene.complaints[1]).toBe('I13: the slot of one was the 3. request after pause stop-all')
  for (let times = 0; times < 2; times += 1) {
    scene.world.api.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, forget)
    scene.claim('two', 'node-2', again)
  }
  expect(scene.complaints).toHaveLength(2)
})
