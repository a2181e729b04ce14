import { expect, test } from 'vitest'
import { minutes, seconds } from '../../kernel/time.ts'
import { trippedMeansNoTreatment, trippedMeansStopped } from './breaker.ts'
import { budgetHolds } from './budget.ts'
import { floorHolds } from './floor.ts'
import { rateHolds } from './rate.ts'
import { sceneOf } from './scene.fixture.ts'

test('I1: two nodes at once where one is allowed, whatever the ledger says', async () => {
  const scene = await sceneOf(budgetHolds())
  const [one, two] = [scene.run('one', 'node-1'), scene.run('two', 'node-2')]
  scene.claim('one', 'node-1', one)
  scene.step('one', { name: 'Cordoning' })
  scene.cordon('node-1', one)
  scene.step('two', { name: 'Cordoning' })
  expect(scene.complaints).toEqual([])
  scene.cordon('node-2', two)
  expect(scene.complaints).toEqual(['I1: node-1, node-2 are disrupted at once, sim allows 1'])
})

test('I1: who waits for people weighs elsewhere', async () => {
  const scene = await sceneOf(budgetHolds())
  const [one, two] = [scene.run('one', 'node-1'), scene.run('two', 'node-2')]
  scene.step('one', { name: 'Draining' })
  scene.cordon('node-1', one)
  scene.step('one', { name: 'Quarantined', cause: 'TreatmentsExhausted' })
  scene.step('two', { name: 'Cordoning' })
  scene.cordon('node-2', two)
  scene.step('one', { name: 'Releasing', outcome: 'Cancelled' })
  expect(scene.complaints).toEqual([])
})

test('I1: a budget that is lowered lets held slots run out', async () => {
  const scene = await sceneOf(budgetHolds(), { maxConcurrent: 2 })
  const [one, two] = [scene.run('one', 'node-1'), scene.run('two', 'node-2')]
  scene.claim('one', 'node-1', one)
  scene.claim('two', 'node-2', two)
  scene.world.api.patch(
    'noderemediationpolicies.prunella.dev',
    { name: 'sim' },
    { spec: { limits: { maxConcurrent: 1 } } },
  )
  for (const [name, node, uid] of [
    ['one', 'node-1', one],
    ['two', 'node-2', two],
  ] as const) {
    scene.step(name, { name: 'Cordoning' })
    scene.cordon(node, uid)
  }
  expect(scene.complaints).toEqual([])
})

test('I1: a policy that is gone for long allows nothing', async () => {
  const scene = await sceneOf(budgetHolds())
  const uid = scene.run('one', 'node-1', { name: 'Cordoning' })
  scene.world.api.delete('noderemediationpolicies.prunella.dev', { name: 'sim' })
  await scene.pass(minutes(5))
  scene.cordon('node-1', uid)
  expect(scene.complaints).toEqual(['I1: node-1 is disrupted, and there is no policy sim'])
})

test('I2: what a person takes out of the books is forgotten, and nothing else', async () => {
  const scene = await sceneOf(rateHolds())
  const books = ['disruptionledgers.prunella.dev', { name: 'cluster' }] as const
  const [one, two] = [scene.run('one', 'node-1'), scene.run('two', 'node-2')]
  const written = (runUID: string, runName: string) => ({
    runUID,
    runName,
    policyName: 'sim',
    nodeName: 'node-1',
    nodeUID: 'u',
    startTime: '2026-01-01T00:00:00Z',
    attempt: true,
  })
  const starts = [written(one, 'one'), written(two, 'two')]
  scene.claim('one', 'node-1', one)
  scene.claim('two', 'node-2', two)
  scene.operator.patch(...books, { spec: { starts } })
  scene.world.api.patch(...books, { spec: { slots: [] } })
  scene.claim('three', 'node-3', scene.run('three', 'node-3'))
  expect(scene.complaints).toEqual(['I2: 3 runs of sim began within an hour, 2 are allowed'])
  scene.operator.patch(...books, { spec: { starts } })
  scene.world.api.patch(...books, { spec: { starts: [], slots: [] } })
  scene.claim('four', 'node-3', scene.run('four', 'node-3'))
  expect(scene.complaints).toHaveLength(1)
})

test('I2: more starts within an hour than are allowed, across whoever forgot them', async () => {
  const scene = await sceneOf(rateHolds())
  for (const name of ['one', 'two']) scene.claim(name, 'node-1', scene.run(name, 'node-1'))
  expect(scene.complaints).toEqual([])
  await scene.pass(minutes(50))
  scene.claim('three', 'node-1', scene.run('three', 'node-1'))
  expect(scene.complaints).toEqual(['I2: 3 runs of sim began within an hour, 2 are allowed'])
})

test('I2: an hour later there is room again', async () => {
  const scene = await sceneOf(rateHolds())
  for (const name of ['one', 'two']) scene.claim(name, 'node-1', scene.run(name, 'node-1'))
  await scene.pass(minutes(61))
  scene.claim('three', 'node-1', scene.run('three', 'node-1'))
  expect(scene.complaints).toEqual([])
})

const trip = {
  scope: 'sim',
  state: 'Open',
  tripID: 'sim-1',
  tripTime: '2026-01-01T00:00:00Z',
  input: 'MaxUnhealthy',
  message: 'm',
}

test('I3: nothing starts under a trip that nobody has acknowledged', async () => {
  const scene = await sceneOf(trippedMeansStopped)
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers: [trip] } })
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I3: node-1 was begun while trip sim-1 of sim was Open'])
})

test('I3: an acknowledged trip stops nobody', async () => {
  const scene = await sceneOf(trippedMeansStopped)
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers: [trip] } })
  scene.world.api.patch(
    'remediationguards.prunella.dev',
    { name: 'cluster' },
    { spec: { acknowledgedTrips: ['sim-1'] } },
  )
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual([])
})

test('I4: no start below the floor, and none by who was told of no nodes', async () => {
  const scene = await sceneOf(floorHolds())
  for (const name of ['node-1', 'node-2', 'node-3']) scene.world.hang(name)
  await scene.pass(minutes(6))
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I4: node-1 was begun with 0 healthy nodes left, sim wants 1'])
})

test('I4: an empty list is no list', async () => {
  const scene = await sceneOf(floorHolds())
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual([])
  scene.send('GET', '/api/v1/nodes', { answer: { status: 200, headers: {}, body: { items: [] } } })
  scene.claim('two', 'node-2', scene.run('two', 'node-2'))
  expect(scene.complaints[0]).toMatch(/^I4: a run was begun although .* was told of 0 nodes where there are 3$/)
})

test('I3: no treatment begins under a trip that nobody has acknowledged; one that is under way goes on', async () => {
  const scene = await sceneOf(trippedMeansNoTreatment())
  const trip = (state: string): void => {
    const breaker = {
      scope: 'sim',
      state,
      tripID: 't',
      tripTime: '2026-01-01T00:00:00Z',
      input: 'FailedRuns',
      message: 'm',
    }
    scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers: [breaker] } })
  }
  const treat = (name: string, stage: string): void =>
    scene.send('PATCH', `/apis/prunella.dev/v1alpha1/noderemediations/${name}/status`, {
      body: { status: { step: { name: 'Treating', since: '2026-01-01T00:00:00Z', rung: 1, stage } } },
    })
  trip('Open')
  scene.run('one', 'node-1', { name: 'Draining', rung: 1 })
  await scene.pass(seconds(9))
  // The look that licensed it may have been before the trip.
  treat('one', 'PoweringOff')
  await scene.pass(seconds(20))
  treat('one', 'ConfirmingOff')
  expect(scene.complaints).toEqual([])
  scene.run('two', 'node-2', { name: 'Draining', rung: 1 })
  treat('two', 'PoweringOff')
  expect(scene.complaints).toEqual(['I3: two began to treat under trip t, which was Open'])
  trip('HalfOpen')
  scene.run('three', 'node-3', { name: 'Draining', rung: 1 })
  treat('three', 'PoweringOff')
  expect(scene.complaints).toHaveLength(1)
  trip('Cooling')
  await scene.pass(seconds(11))
  scene.world.api.patch('remediationguards.prunella.dev', { name: 'cluster' }, { spec: { acknowledgedTrips: ['t'] } })
  scene.step('three', { name: 'Draining', rung: 1 })
  treat('three', 'PoweringOff')
  expect(scene.complaints).toHaveLength(1)
})
