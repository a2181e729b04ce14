import { expect, test } from 'vitest'
import { rfc3339 } from '../../kernel/time.ts'
import { labelsOf, nameOf } from '../world/fields.ts'
import { openBreaker } from './cooled.ts'
import { stepsFollowTheTable } from './outcomes.ts'
import { pendingWork } from './peace.ts'
import { sceneOf } from './scene.fixture.ts'

test('L2: a machine that was left off; one whose run waits for people is theirs', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.world.machine('node-1').turnOff()
  expect(pendingWork(scene.truth)).toBe('L2: node-1 was left off')
  const uid = scene.run('one', 'node-1', { name: 'Quarantined', cause: 'TreatmentsExhausted' })
  scene.cordon('node-1', uid)
  expect(pendingWork(scene.truth)).not.toMatch(/left off/)
})

test('L2: a machine of which people were told that it may be off is theirs, until it boots', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  const machine = scene.world.machine('node-1')
  machine.turnOff()
  const tell = (message: string): void => {
    scene.run('one', 'node-1', { name: 'Quarantined', cause: 'TreatmentsExhausted', message })
    scene.operator.delete('noderemediations.prunella.dev', { name: 'one' })
  }
  tell('no new boot ID')
  expect(pendingWork(scene.truth)).toBe('L2: node-1 was left off')
  tell('its power state is unknown, the machine may be off')
  expect(pendingWork(scene.truth)).toBeUndefined()
  machine.turnOn()
  machine.turnOff()
  expect(pendingWork(scene.truth)).toBe('L2: node-1 was left off')
})

test('L2: a job that was left behind', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  const labels = { 'app.kubernetes.io/managed-by': 'prunella' }
  const container = { name: 'reboot', image: 'registry.example/node-job:1' }
  scene.operator.create('jobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'prunella-system', name: 'reboot', labels },
    spec: { template: { spec: { nodeName: 'node-1', restartPolicy: 'Never', containers: [container] } } },
  })
  expect(pendingWork(scene.truth)).toBe('L2: job reboot was left behind')
  const job = scene.world.objects.all('jobs.batch')[0] ?? {}
  expect([nameOf(job), labelsOf(job)]).toEqual(['reboot', labels])
})

test('L2: a run that is over and keeps its finalizer, a cordon without an owner, a ledger that is gone', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  const runs = 'noderemediations.prunella.dev'
  const uid = scene.run('one', 'node-1', { name: 'Done', outcome: 'NodeRecovered' })
  scene.operator.patch(runs, { name: 'one' }, { metadata: { finalizers: ['prunella.dev/release'] } })
  expect(pendingWork(scene.truth)).toBe('L2: one is over and keeps its finalizer')
  scene.operator.patch(runs, { name: 'one' }, { metadata: { finalizers: null } })
  scene.cordon('node-1', uid)
  scene.operator.patch('nodes', { name: 'node-1' }, { metadata: { annotations: null } })
  expect(pendingWork(scene.truth)).toBe('L2: node-1 was left cordoned')
  scene.world.api.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: null } })
  scene.world.api.delete('disruptionledgers.prunella.dev', { name: 'cluster' })
  expect(pendingWork(scene.truth)).toBe('L2: the ledger is gone')
})

test('L1: a run that waits for the consent of people is at peace, one that anything else holds there is not', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  const held = (reason: string) => ({
    conditions: [{ type: 'Held', status: 'True', reason, message: 'm', lastTransitionTime: rfc3339(scene.loop.now()) }],
  })
  scene.run('one', 'node-1')
  scene.step('one', { name: 'Approving' }, held('BudgetExhausted'))
  expect(pendingWork(scene.truth)).toBe('L1: one is still Approving')
  scene.step('one', { name: 'Approving' }, held('ApprovalRequired'))
  expect(pendingWork(scene.truth)).toBeUndefined()
})

const trip = {
  state: 'Open',
  tripID: 'trip-1',
  tripTime: '2026-01-01T00:00:00Z',
  input: 'MaxUnhealthy',
  message: 'm',
  figure: 3,
}
const stillOpen = (whose: string): string =>
  `L3: trip trip-1 of ${whose} is still open, and nothing is out of order any more`

async function tripped(scope: string) {
  const scene = await sceneOf(stepsFollowTheTable, { maxUnhealthyPercent: 34 })
  const become = (state: string): void =>
    void scene.operator.patch(
      'disruptionledgers.prunella.dev',
      { name: 'cluster' },
      { spec: { breakers: [{ ...trip, scope, state }] } },
    )
  become('Open')
  return { scene, become }
}

test.each([
  ['', 'the cluster'],
  ['sim', 'sim'],
])('L3: a breaker of "%s" that is open though all is calm is no peace; one that cools is', async (scope, whose) => {
  const { scene, become } = await tripped(scope)
  expect(pendingWork(scene.truth)).toBe(stillOpen(whose))
  become('Cooling')
  expect(pendingWork(scene.truth)).toBeUndefined()
  become('HalfOpen')
  expect(pendingWork(scene.truth)).toBeUndefined()
})

test('L3: a breaker is open while too many are ill or silent, or once a person has seen it', async () => {
  const { scene } = await tripped('sim')
  const { truth, world } = scene
  for (const node of ['node-1', 'node-2']) scene.sicken(node)
  expect(openBreaker(truth)).toBeUndefined()
  scene.sicken('node-2', 'False')
  expect(openBreaker(truth)).toBe(stillOpen('sim'))
  for (const name of ['node-1', 'node-2', 'node-3']) {
    const status = { conditions: [{ type: 'Ready', status: 'False', reason: 'Said', message: '' }] }
    world.api.patchStatus('nodes', { name }, { status })
  }
  expect(openBreaker(truth)).toBeUndefined()
  const seen = await tripped('sim')
  const acknowledged = { spec: { acknowledgedTrips: ['trip-1'] } }
  seen.scene.world.api.patch('remediationguards.prunella.dev', { name: 'cluster' }, acknowledged)
  expect(openBreaker(seen.scene.truth)).toBeUndefined()
})

test('L3: of a policy that is gone nobody is ill any more', async () => {
  const { scene } = await tripped('sim')
  scene.sicken('node-1')
  scene.sicken('node-2')
  expect(openBreaker(scene.truth)).toBeUndefined()
  scene.world.api.delete('noderemediationpolicies.prunella.dev', { name: 'sim' })
  expect(openBreaker(scene.truth)).toBe(stillOpen('sim'))
})
