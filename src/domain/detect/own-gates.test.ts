import { expect, test } from 'vitest'
import { gateReasons } from '../../api/gates.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { decide } from './decide.ts'
import { alertFor, alertsKnown, alertsUnavailable, nodeWith } from './evidence.fixture.ts'
import { at, hungNode, observation, startOf, storedBy } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'

const hungWith = (metadata: JsonObject) => nodeWith([{ type: 'KernelDeadlock', status: 'True' }], metadata)
const excluded = (text: string) => hungWith({ annotations: { 'prunella.dev/exclude': text } })
const named = (name: string, spec: JsonObject = {}) => preparedPolicy(spec, { name })
const twoSignals = (when: string) =>
  preparedPolicy({
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
      { name: 'missing', nodeCondition: { type: 'Absent', status: 'True' } },
      { name: 'hint', alert: { name: 'Hint' }, clearedWhen: { healthCheck: 'Kubelet' } },
    ],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when, treatments: ['power-cycle'] }],
  })

function answers(unusual: Partial<HealthObservation>): Readonly<Record<string, string>> {
  const health = storedBy(decide(observation({ node: hungNode(), ...unusual })).command)
  return Object.fromEntries(
    (health?.status.gates ?? []).map(({ gate, result, reason, message, unblockedBy }) => [
      gate,
      [result, reason, message, unblockedBy && `[${unblockedBy}]`].filter((part) => part !== undefined).join(' | '),
    ]),
  )
}

/** One observation for each reason that a node's own gate may give; the sentences that people read stand in the golden file. */
const cases: Readonly<Record<string, Partial<HealthObservation>>> = {
  ConflictingPolicies: { policies: [named('alpha'), named('beta')] },
  PolicyInvalid: {
    policies: [
      preparedPolicy({
        freezes: [{ startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-02T00:00:00Z', reason: 'x' }],
      }),
    ],
  },
  ClearingUndefined: {
    policies: [preparedPolicy({ signals: [{ name: 'kernelDeadlock', alert: { name: 'NodeCPUSaturated' } }] })],
    alerts: alertsKnown([alertFor({})]),
  },
  NodeExcluded: { node: excluded('{"reason": "firmware", "until": "2026-11-21T13:00:00Z"}') },
  SignalStale: { node: nodeWith([{ type: 'KernelDeadlock', status: 'True', heartbeat: -901 }]) },
  SignalMissing: { policies: [twoSignals('kernelDeadlock && missing')] },
  SourceUnavailable: { policies: [twoSignals('kernelDeadlock && hint')], alerts: alertsUnavailable() },
  HoldNotElapsed: {
    policies: [
      preparedPolicy({
        signals: [
          { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 },
        ],
      }),
    ],
  },
  NoDiagnosis: { policies: [twoSignals('kernelDeadlock && hint')] },
  DiagnosisUnknown: { policies: [twoSignals('kernelDeadlock && missing')] },
  ControlPlaneNode: { node: hungWith({ labels: { remediable: 'true', 'node-role.kubernetes.io/control-plane': '' } }) },
  CooldownActive: { starts: [startOf('nr-1', { start: -700, end: -600 })] },
  AttemptsExhausted: { starts: ['nr-1', 'nr-2', 'nr-3'].map((name) => startOf(name, { start: -9_000, end: -8_000 })) },
  ObserveMode: { policies: [preparedPolicy({ mode: 'Observe' })] },
}

const answersOf = (unusual: Partial<HealthObservation>) =>
  storedBy(decide(observation({ node: hungNode(), ...unusual })).command)?.status.gates ?? []

test.each(Object.keys(cases))('%s is given', (reason) => {
  expect(answersOf(cases[reason] ?? {}).map((answer) => answer.reason)).toContain(reason)
})

test('every reason reads as the golden file says', async () => {
  const blocks = Object.entries(cases).map(([reason, unusual]) => {
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
    'ControlPlaneSafe',
    'CooldownOver',
    'AttemptsLeft',
    'ModeActs',
  ] as const
  const reasons = own.flatMap((gate) => Object.keys(gateReasons[gate]))
  expect([...Object.keys(cases), ...elsewhere].toSorted()).toEqual(reasons.toSorted())
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
