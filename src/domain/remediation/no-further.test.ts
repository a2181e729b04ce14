import { expect, test } from 'vitest'
import { rfc3339 } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import {
  bmc,
  condition,
  cordoned,
  ledger,
  now,
  observation,
  runUID,
  slot,
  slotHeld,
  steps,
  treating,
} from './observation.fixture.ts'

const trip = {
  scope: 'general',
  state: 'Open',
  tripID: 'trip-1',
  tripTime: rfc3339(now),
  input: 'FailedRuns',
  message: '3 of the last 5 runs did not help',
  figure: 3,
} as const

const tripped = ledger({ slots: [slot(runUID)], breakers: [trip] })

test('a node that is drained is not treated once its breaker has tripped, slot in hand or not', () => {
  const drained = { step: steps.draining, ...cordoned() }
  expect(decide(observation({ ...drained, ...slotHeld }))).toMatchObject({ kind: 'Move', next: { name: 'Treating' } })
  expect(decide(observation({ ...drained, ledger: tripped }))).toMatchObject({
    kind: 'Stay',
    commands: [],
    held: { gate: 'BreakerClosed', reason: 'BreakerOpen' },
  })
})

test('the power of a node whose cause is gone stays on, though its run was about to switch it off', () => {
  const cycling = { step: treating({ rung: 1, stage: 'PoweringOff' }), ...slotHeld, ...bmc('On') }
  expect(decide(observation({ ...cycling, ...cordoned() }))).toMatchObject({ commands: [{ kind: 'TurnOff' }] })
  const conditions = [condition('Ready', 'True'), condition('KernelDeadlock', 'False')]
  expect(decide(observation({ ...cycling, ...cordoned({ conditions }) }))).toMatchObject({ kind: 'Stay', commands: [] })
})
