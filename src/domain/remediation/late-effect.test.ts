import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { moves } from './decision.fixture.ts'
import {
  ledger,
  observation,
  overdue,
  policy,
  rebooted,
  runUID,
  shared,
  slot,
  slotHeld,
  steps,
} from './observation.fixture.ts'

const full = { ledger: ledger({ slots: [slot('other')] }) }
const claims = { kind: 'Stay', commands: [{ kind: 'ClaimSlot', ledger: { slots: [{ runUID }] } }] }

/** Its reboot came late: it had given its slot back, and was about to be treated again. */
const claiming = { ...steps.claiming, rung: 1, attempted: true }
const approving = { ...claiming, name: 'Approving', deadline: undefined } as const
const asking = { step: approving, shared: shared(policy({ mode: 'Approve' })) }

describe.each([
  ['Claiming', { step: claiming }],
  ['Approving', { step: approving }],
  ['Approving, and people are asked', asking],
])('a node that an earlier rung has healed late, in %s', (_, waiting) => {
  const late = observation({ ...waiting, ...rebooted })

  test('proves itself with a slot', () => {
    expect(decide({ ...late, ...slotHeld })).toMatchObject(moves('Verifying', { rung: 0 }))
  })

  test('waits for one, for until it is proven the node is disrupted', () => {
    expect(decide({ ...late, ...full })).toMatchObject({ commands: [], held: { reason: 'BudgetExhausted' } })
  })

  test('takes one that is free, and counts who has lost his', () => {
    expect(decide(late)).toMatchObject(claims)
    expect(decide({ ...late, underWay: [slot('other')] })).toMatchObject({ held: { reason: 'BudgetExhausted' } })
  })
})

test('a BMC that does not answer is nothing to a node that needs it no more', () => {
  const power = { kind: 'Unavailable', message: 'silent' } as const
  expect(decide(observation({ step: claiming, power, ...rebooted }))).toMatchObject(claims)
})

test('who finds no slot in time is for people: nothing has proven the node', () => {
  expect(decide(observation({ step: claiming, ...rebooted, ...full, ...overdue }))).toMatchObject(
    moves('Quarantined', { cause: 'BudgetExhausted' }),
  )
})

test.each([
  ['people were not asked', {}],
  ['people were asked', { shared: shared(policy({ mode: 'Approve' })) }],
])('who waits for one before the next rung is for people as well, and is told what it waited for (%s)', (_, more) => {
  const late = observation({ step: approving, ...rebooted, ...full, ...more, ...overdue })
  expect(decide(late)).toMatchObject({
    ...moves('Quarantined', { cause: 'BudgetExhausted' }),
    message: expect.stringMatching(/^no slot for the proof .*: 1 of 1 slots of .* are held by run of other;/),
  })
})

test('a policy that is gone gives no node back unproven at once', () => {
  expect(decide(observation({ step: approving, ...rebooted, shared: undefined }))).toMatchObject({
    kind: 'Stay',
    held: { reason: 'ObserveMode' },
  })
})

test('without a policy nobody knows the limits: no slot is taken', () => {
  expect(decide(observation({ step: claiming, ...rebooted, shared: undefined }))).toMatchObject({
    commands: [],
    held: { reason: 'ObserveMode' },
  })
})

test('on the first rung nothing was done: the node is given back, whoever holds the slots', () => {
  expect(decide(observation({ step: { ...claiming, rung: 0 }, ...rebooted, ...full }))).toMatchObject(
    moves('Releasing', { outcome: 'RecoveredAlone' }),
  )
})
