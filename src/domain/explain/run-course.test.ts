import { expect, test } from 'vitest'
import type { StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import { after, began, type Told, toldRun, upToDraining, upToVerifying } from './run.fixture.ts'
import { courseOf } from './run-course.ts'

const course = (told: Told, step: Partial<StepRecord> = {}) => courseOf(toldRun(told, { step }))
const states = (told: Told, step: Partial<StepRecord> = {}) =>
  course(told, step).rungs.map(({ state, steps }) => [state, ...steps.map((one) => one.state)].join(' '))

test('a run that has just been created waits for approval since then', () => {
  const { rungs, released, quarantined } = courseOf(toldRun([], { status: { step: undefined } }))
  expect(rungs[0]?.steps[0]).toEqual({
    name: 'Approved',
    state: 'UnderWay',
    since: began,
    until: undefined,
    message: '',
  })
  expect([rungs[1]?.state, released.state, quarantined]).toEqual(['Waiting', 'Waiting', undefined])
})

test('each step has its time and its duration', () => {
  const { rungs } = course(upToDraining)
  expect(rungs[0]?.steps.map(({ state, since, until }) => [state, since, until])).toEqual([
    ['Observed', began, after(1)],
    ['Observed', after(1), after(2)],
    ['Observed', after(2), after(3)],
    ['UnderWay', after(3), undefined],
    ['Waiting', undefined, undefined],
    ['Waiting', undefined, undefined],
  ])
})

test('a rung that fails names why, and the next one begins', () => {
  const told: Told = [...upToVerifying, [100, 'TreatmentFailed', 'rung reboot did not help']]
  const { rungs, current } = course(told, { name: 'Approving', rung: 1 })
  expect(current).toBe(1)
  expect(rungs[0]).toMatchObject({
    state: 'Failed',
    since: began,
    until: after(100),
    message: 'rung reboot did not help',
  })
  expect(rungs[1]).toMatchObject({ state: 'UnderWay', since: after(100), steps: { 0: { state: 'UnderWay' } } })
})

test('a treatment that had its effect late is proven after all', () => {
  const told: Told = [
    ...upToDraining,
    [10, 'TreatmentRequested'],
    [600, 'TreatmentFailed'],
    [610, 'TreatmentObserved', 'rung reboot had its effect late'],
  ]
  expect(states(told, { name: 'Verifying', rung: 0 })).toEqual([
    'UnderWay Observed Observed Observed Observed Failed UnderWay',
    'Waiting Waiting Waiting Waiting Waiting Waiting Waiting',
  ])
})

test('success closes the last step and opens the release', () => {
  const told: Told = [...upToVerifying, [100, 'RemediationSucceeded', 'healthy for 60s'], [101, 'NodeReleased']]
  const { rungs, released } = course(told, { name: 'Done', outcome: 'NodeRecovered' })
  expect(rungs.map(({ state, message }) => [state, message])).toEqual([
    ['Observed', 'healthy for 60s'],
    ['NotReached', ''],
  ])
  expect(released).toMatchObject({ state: 'Observed', since: after(100), until: after(101) })
})

test('what a cancelled run did not reach has not failed', () => {
  expect(states([...upToDraining, [20, 'RemediationCancelled']], { name: 'Releasing', outcome: 'Cancelled' })).toEqual([
    'NotReached Observed Observed Observed NotReached NotReached NotReached',
    'NotReached NotReached NotReached NotReached NotReached NotReached NotReached',
  ])
})

test('a quarantine stands beside its rung; a retry begins anew', () => {
  const told: Told = [...upToDraining, [50, 'NodeQuarantined', 'deadline']]
  expect(course(told, { name: 'Quarantined', cause: 'DrainDeadlinePassed', rung: undefined })).toMatchObject({
    quarantined: { state: 'UnderWay', since: after(50) },
    rungs: [{ state: 'Failed', message: 'deadline' }, { state: 'Waiting' }],
  })
  expect(course([...told, [60, 'RemediationRetried']], { name: 'Approving', rung: 0 })).toMatchObject({
    quarantined: undefined,
    rungs: [{ state: 'UnderWay', since: after(60) }, { state: 'Waiting' }],
  })
})

test('where the timeline has a gap, the step of the run has the last word', () => {
  const { rungs, current } = course([[1, 'RemediationStarted']], {
    name: 'Treating',
    rung: 1,
    since: '2026-11-21T10:09:00Z',
  })
  expect([current, rungs[1]?.steps[4]]).toMatchObject([1, { state: 'UnderWay', since: after(540) }])
  expect(rungs[0]?.steps.map(({ state }) => state)).toContain('NotReached')
})
