import { expect, test } from 'vitest'
import { later, rfc3339 } from '../../kernel/time.ts'
import { surroundings } from '../surroundings/surroundings.fixture.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { decide } from './decide.ts'
import { now, observation, overdue, policy, run, runSpec, shared, steps } from './observation.fixture.ts'
import type { Observation } from './observation.ts'

const asked = run({ spec: runSpec({ requestedBy: 'alice' }) })
const ours = run()

const claiming = (unusual: Partial<Observation> = {}, whole: Surroundings | undefined = surroundings()) =>
  decide(observation({ step: steps.claiming, run: asked, around: { ...observation().around, whole }, ...unusual }))

const patient = policy().treatments.map((rung) => ({
  ...rung,
  drain: { ...rung.drain, onDeadline: 'Quarantine' as const },
}))
const patientRun = run({ spec: runSpec({ requestedBy: 'alice', treatments: patient }) })
const blocked = surroundings({
  drain: { pods: 4, blocked: [], unmanaged: ['web/alone'], vetoed: [], localData: [], unreadable: undefined },
})
const crowded = surroundings({
  room: {
    kind: 'Known',
    placement: { placed: 3, unplaced: [{ name: 'web/a', lacks: 'cpu', shortfall: 500 }], headroomMilliCpu: 0 },
    growingPool: undefined,
  },
})
const frozen = shared(
  policy({
    freezes: [{ startTime: rfc3339(later(now, -1_000)), endTime: rfc3339(later(now, 7_200_000)), reason: 'holidays' }],
  }),
)

test('a person who asks gets a slot where nothing stands against it', () => {
  expect(claiming()).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
})

test('a freeze holds for people too', () => {
  expect(claiming({ shared: frozen })).toMatchObject({ commands: [], held: { reason: 'FreezeActive' } })
  expect(claiming({ shared: frozen, run: ours })).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
})

test('a drain that cannot end is not begun for people either, but where their rung waives its pods', () => {
  expect(claiming({ run: patientRun }, blocked)).toMatchObject({ commands: [], held: { reason: 'UnmanagedPods' } })
  expect(claiming({}, blocked)).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
})

test('pods that would find no place stay where they are', () => {
  expect(claiming({}, crowded)).toMatchObject({ commands: [], held: { reason: 'InsufficientCapacity' } })
})

test('what nobody has looked at is unknown, and that holds', () => {
  const around = { ...observation().around, whole: undefined }
  expect(claiming({ around })).toMatchObject({ commands: [], held: { reason: 'CapacityUnknown' } })
})

test('whoever asks and is held until the deadline is told by what', () => {
  expect(claiming({ shared: frozen, ...overdue })).toMatchObject({
    next: { name: 'Releasing', outcome: 'BudgetExhausted' },
    message: expect.stringContaining('is frozen from'),
  })
})

test('once the node was touched the start is over', () => {
  const step = { ...steps.claiming, attempted: true }
  expect(claiming({ shared: frozen, step }, crowded)).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
})
