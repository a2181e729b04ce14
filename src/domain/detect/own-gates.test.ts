import { expect, test } from 'vitest'
import { gateReasons } from '../../api/gates.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { decide } from './decide.ts'
import { nodeWith } from './evidence.fixture.ts'
import { at, hungNode, observation, startOf, storedBy } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'
import { excluded, ownGateCases } from './own-gate-cases.fixture.ts'

function answers(unusual: Partial<HealthObservation>): Readonly<Record<string, string>> {
  const health = storedBy(decide(observation({ node: hungNode(), ...unusual })).command)
  return Object.fromEntries(
    (health?.status.gates ?? []).map(({ gate, result, reason, message, unblockedBy }) => [
      gate,
      [result, reason, message, unblockedBy && `[${unblockedBy}]`].filter((part) => part !== undefined).join(' | '),
    ]),
  )
}

const answersOf = (unusual: Partial<HealthObservation>) =>
  storedBy(decide(observation({ node: hungNode(), ...unusual })).command)?.status.gates ?? []

test.each(Object.keys(ownGateCases))('%s is given', (reason) => {
  expect(answersOf(ownGateCases[reason] ?? {}).map((answer) => answer.reason)).toContain(reason)
})

test('every reason reads as the golden file says', async () => {
  const blocks = Object.entries(ownGateCases).map(([reason, unusual]) => {
    const answer = answersOf(unusual).find((candidate) => candidate.reason === reason)
    return `${answer?.gate}: ${answer?.result} ${reason}\n  ${answer?.message}\n  unblocked by ${answer?.unblockedBy}\n`
  })
  await expect(blocks.join('\n')).toMatchFileSnapshot('fixtures/own-gates.golden.txt')
})

/** Told elsewhere: of a node without policy there is no object, of another policy one line, of the clock a test of two looks. */
const elsewhere = ['NotSelected', 'PolicyOutranked', 'ClockJumped', 'RightsMissing']

test('every reason of the own gates has its sentence', () => {
  const own = [
    'Selected',
    'NotExcluded',
    'SignalFresh',
    'HoldElapsed',
    'Diagnosed',
    'NoOtherActor',
    'WindowOpen',
    'ControlPlaneSafe',
    'CooldownOver',
    'AttemptsLeft',
    'CapacityThere',
    'DrainFeasible',
    'ModeActs',
    'ProviderReady',
  ] as const
  const reasons = own.flatMap((gate) => Object.keys(gateReasons[gate]))
  expect([...Object.keys(ownGateCases), ...elsewhere].toSorted()).toEqual(reasons.toSorted())
})

test('people read of the calendar what triage goes by: a clock that is set forward ends no freeze', () => {
  const { now } = observation()
  const freeze = { startTime: rfc3339(later(now, -1_000)), endTime: rfc3339(later(now, 1_000)), reason: 'holidays' }
  const afterwards = { ...at(2), policies: [preparedPolicy({ freezes: [freeze] })] }
  expect(answers({ ...afterwards, nowAtLeast: now })['WindowOpen']).toContain('FreezeActive')
  expect(answers(afterwards)['WindowOpen']).toContain('Pass')
})

test('an exclusion in plain words has no end', () => {
  expect(answers({ node: excluded('waiting for parts') })['NotExcluded']).toBe(
    'Hold | NodeExcluded | excluded by the annotation prunella.dev/exclude until the annotation is removed: ' +
      'waiting for parts | [removing the annotation prunella.dev/exclude]',
  )
})

test('an exclusion whose end cannot be read has none', () => {
  expect(answers({ node: excluded('{"reason": "x", "until": "tomorrow"}') })['NotExcluded']).toContain(
    'Hold | NodeExcluded',
  )
  expect(answers({ node: excluded('{"reason": ') })['NotExcluded']).toContain('Hold | NodeExcluded')
})

test('an exclusion ends at its end', () => {
  const node = excluded('{"reason": "x", "until": "2026-11-21T12:00:00Z"}')
  expect(answers({ node })['NotExcluded']).toContain('Pass')
})

test('an end of the cooldown that lies in the future still holds: a clock set back buys nothing', () => {
  expect(answers({ starts: [startOf('nr-1', { start: 100, end: 200 })] })['CooldownOver']).toContain('CooldownActive')
})

test('runs that never reached Cordoning, and those outside the window, are no attempts', () => {
  const starts = [
    startOf('nr-1', { start: -90_000, end: -89_000 }),
    startOf('nr-2', { start: -9_000, end: -8_000, attempt: false }),
    startOf('nr-3', { start: -9_000, end: -8_000 }),
  ]
  expect(answers({ starts })['AttemptsLeft']).toBe('Pass | AttemptsLeft | 1 of 3 attempts in 86400s')
})

test('what cannot be asked is answered too', () => {
  const silent = nodeWith([{ type: 'KernelDeadlock', status: 'False', heartbeat: -901 }])
  expect(answers({ node: silent, ...at(0) })['HoldElapsed']).toBe('NotReached')
})

test('a restart forgets neither the cool-down nor what came and went', () => {
  const starts = [startOf('nr-1', { start: -700, end: -600 })]
  expect(answers({ memory: undefined, stored: undefined, starts })['CooldownOver']).toContain('CooldownActive')

  const flapped = ownGateCases['FlappingDetected'] ?? {}
  const stored = storedBy(decide(observation({ node: hungNode(), ...flapped })).command)
  expect(stored?.status.changes).toHaveLength(6)
  const after = storedBy(decide(observation({ node: hungNode(), memory: undefined, stored })).command, stored)
  expect(after?.status.gates.map(({ reason }) => reason)).toContain('FlappingDetected')
})

test('a node that returns keeps its object while it is well, for an hour', () => {
  const memory = ownGateCases['FlappingDetected']?.memory
  const well = (seconds: number) => {
    const node = nodeWith([{ type: 'KernelDeadlock', status: 'False', heartbeat: seconds }])
    return decide(observation({ node, memory, ...at(seconds) }))
  }
  expect(well(0).command?.kind).toBe('Create')
  expect(well(3_600).command).toBeUndefined()
})
