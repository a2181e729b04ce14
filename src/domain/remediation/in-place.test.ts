import { describe, expect, test } from 'vitest'
import type { NodeJobResult } from '../../api/node-job-result.ts'
import { later } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import { commandsOf, moves } from './decision.fixture.ts'
import type { Decision } from './decision.ts'
import {
  cordoned,
  inPlaceLadder,
  nodeJob,
  now,
  observation,
  overdue,
  pod,
  rebooted,
  recovered,
  run,
  runSpec,
  slotHeld,
  steps,
  treating,
  verifying,
} from './observation.fixture.ts'
import type { Observation } from './observation.ts'

const ladder = run({ spec: runSpec({ treatments: inPlaceLadder }) })
const freeing = { run: ladder, step: treating(), ...slotHeld, ...cordoned() }
const restarting = { run: ladder, step: treating({ rung: 1 }), ...slotHeld, ...cordoned() }

const freed = (result: Partial<NodeJobResult> = {}) =>
  nodeJob('freeDisk', {
    result: { version: 1, task: 'freeDisk', bootID: 'boot-1', before: 91, after: 60, ...result },
  })
const restarted = (result: Partial<NodeJobResult> = {}) =>
  nodeJob('restartService', {
    order: '0/1',
    result: {
      version: 1,
      task: 'restartService',
      bootID: 'boot-1',
      service: 'kubelet',
      before: 12_000_000,
      after: 900_500_000,
      ...result,
    },
  })
const look = (unusual: Partial<Observation>): Decision => decide(observation(unusual))

/** What comes of it once the job is gone. */
function afterwards(unusual: Partial<Observation>): Decision {
  const decision = look(unusual)
  expect(decision).toMatchObject(moves('Treating', { stage: 'Withdrawing' }))
  const next = decision.kind === 'Move' ? decision.next : treating()
  expect(commandsOf(look({ ...unusual, step: next }))).toEqual(['WithdrawNodeJob'])
  return look({ ...unusual, step: next, job: undefined })
}

test('no pod has to leave for a rung that keeps the node as it is, unless the policy says so', () => {
  const draining = { run: ladder, step: steps.draining, ...slotHeld, ...cordoned(), pods: [pod('a')] }
  expect(look(draining)).toMatchObject(moves('Treating', { stage: 'Ordering' }))
  const asked = inPlaceLadder.map((rung) => ({ ...rung, drain: { mode: 'Full' } }))
  expect(commandsOf(look({ ...draining, run: run({ spec: runSpec({ treatments: asked }) }) }))).toEqual(['Evict'])
})

describe('the order', () => {
  test('carries its task, the boot, its last moment and its rung', () => {
    const job = { expectedBootID: 'boot-1', notAfter: '2027-01-15T08:01:00.000Z', limitSeconds: 120 }
    expect(look(freeing)).toMatchObject({
      commands: [{ kind: 'OrderNodeJob', job: { ...job, task: { kind: 'freeDisk', belowPercent: 70 }, order: '0/0' } }],
    })
    expect(look(restarting)).toMatchObject({
      commands: [{ job: { ...job, task: { kind: 'restartService', service: 'kubelet' }, order: '0/1' } }],
    })
  })

  test('is given without a slot, without a cause, or too late: never', () => {
    expect(commandsOf(look({ ...freeing, ledger: { kind: 'Missing' } }))).toEqual([])
    expect(commandsOf(look({ ...freeing, ...recovered }))).toEqual([])
    expect(commandsOf(look({ ...freeing, now: freeing.step.deadline, watched: { stepMs: 0, stableMs: 0 } }))).toEqual(
      [],
    )
  })

  test('waits until no other node job is at work on the node', () => {
    expect(commandsOf(look({ ...freeing, otherJobPods: ['reboot-9-x'] }))).toEqual([])
  })

  test('is not given twice while its job is there; once more where the job has gone without a word', () => {
    expect(commandsOf(look({ ...freeing, job: nodeJob('freeDisk') }))).toEqual([])
    expect(commandsOf(look(freeing))).toEqual(['OrderNodeJob'])
  })

  test.each([
    ['another rung', nodeJob('restartService', { order: '0/0' })],
    ['another try', restarted()],
    ['another task', nodeJob('freeDisk')],
  ])('of %s that landed late is withdrawn, and its word is none', (_, job) => {
    const seen = { ...restarting, step: { ...restarting.step, retry: 1 }, job }
    expect(commandsOf(look(seen))).toEqual(['WithdrawNodeJob'])
    expect(commandsOf(look({ ...seen, job: { ...job, terminating: true } }))).toEqual([])
  })

  test('that landed when the rung was over is withdrawn in any step', () => {
    for (const step of [steps.claiming, steps.cordoning, steps.draining, verifying()])
      expect(commandsOf(look({ ...freeing, step, job: nodeJob('freeDisk') }))).toEqual(['WithdrawNodeJob'])
  })
})

describe('the evidence', () => {
  test('a disk below its target, as measured after; what was removed is told', () => {
    const decision = afterwards({ ...freeing, job: freed({ freedKiB: { images: 8_388_608 } }) })
    expect(decision).toMatchObject(moves('Verifying', { rung: 0 }))
    expect(decision).toMatchObject({ message: expect.stringContaining('disk use 91 %, then 60 %') })
    expect(decision).toMatchObject({ message: expect.stringContaining('images 8192 MiB') })
  })

  test('a start that is later than the one before, on the clock of the node', () => {
    const decision = afterwards({ ...restarting, job: restarted() })
    expect(decision).toMatchObject(moves('Verifying', { rung: 1 }))
    expect(decision).toMatchObject({
      message: expect.stringContaining('started 900.5 s after the boot, before that 12.0 s'),
    })
  })

  test.each([
    ['a disk at its target', { ...freeing, job: freed({ after: 70 }) }],
    ['a disk that could not be freed', { ...freeing, job: freed({ after: 88, error: 'StillFull' }) }],
    ['a start as old as before', { ...restarting, job: restarted({ after: 12_000_000 }) }],
    ['a start that is older', { ...restarting, job: restarted({ after: 0 }) }],
    ['a service that the node does not let go', { ...restarting, job: restarted({ error: 'ServiceRefused' }) }],
  ])('%s is none: the next rung', (_, seen) => {
    expect(afterwards(seen)).toMatchObject(moves('Approving', { rung: seen.step.rung + 1 }))
  })

  test.each([
    ['another boot', restarted({ bootID: 'boot-0' })],
    ['another service', restarted({ service: 'containerd' })],
    ['another task', restarted({ task: 'freeDisk' })],
    ['no measure', restarted({ after: undefined })],
  ])('a result of %s says nothing: it is waited, and then the next rung', (_, job) => {
    expect(look({ ...restarting, job })).toMatchObject({ kind: 'Stay', commands: [] })
    expect(commandsOf(look({ ...restarting, job, ...overdue }))).toEqual(['WithdrawNodeJob'])
    expect(look({ ...restarting, ...overdue })).toMatchObject(moves('Approving', { rung: 2 }))
  })

  test('a job that was lost, on a node that may be silent: nothing is known, and the deadline leads on', () => {
    const lost = nodeJob('freeDisk', { failed: true })
    expect(look({ ...freeing, job: lost })).toMatchObject({ kind: 'Stay', commands: [] })
    expect(commandsOf(look({ ...freeing, job: lost, ...overdue }))).toEqual(['WithdrawNodeJob'])
    expect(look({ ...freeing, ...overdue })).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('a node that boots meanwhile has started every service anew, and freed nothing', () => {
    expect(afterwards({ ...restarting, ...rebooted, job: nodeJob('restartService', { order: '0/1' }) })).toMatchObject(
      moves('Verifying', { rung: 1 }),
    )
    expect(look({ ...freeing, ...rebooted, job: nodeJob('freeDisk', { failed: true }) }).kind).toBe('Stay')
  })

  test('what the node has said since the rung began is new: some say it once, while the job is at work', () => {
    const job = freed()
    const late = { ...freeing, job, now: later(now, 30_000) }
    expect(afterwards(late)).toMatchObject(moves('Verifying', { treatedAt: now }))
  })

  test('what comes after the deadline still counts', () => {
    expect(afterwards({ ...freeing, ...overdue, job: freed() })).toMatchObject(moves('Verifying'))
  })
})

test('a service that nobody allowed is passed over before anything is disrupted', () => {
  const spec = runSpec({ treatments: [{ name: 'restart-ssh', restartService: { name: 'sshd' } }] })
  const claiming = { run: run({ spec }), step: steps.claiming }
  expect(look(claiming)).toMatchObject({ commands: [], held: { reason: 'TreatmentUnsupported' } })
  expect(commandsOf(look({ ...claiming, services: ['sshd'] }))).toEqual(['ClaimSlot'])
})
