import { expect, test } from 'vitest'
import { gateReasons, startGates, treatGates } from '../../api/gates.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyStatusSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import { planOf } from '../budget/canary.ts'
import { monoAfter, nodeWith, noon } from '../detect/evidence.fixture.ts'
import { hungNode } from '../detect/observation.fixture.ts'
import { ownGateCases } from '../detect/own-gate-cases.fixture.ts'
import { ladderOf } from '../policy/ladder-of.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { headline, joinLadder } from './ladder.ts'
import { type Bed, ladderParts, withTopology } from './ladder-parts.fixture.ts'
import type { LadderParts } from './ladder-parts.ts'
import { renderLadder } from './render-ladder.ts'

const holder = (name: string, more: JsonObject = {}) => ({
  runUID: name,
  runName: name,
  policyName: 'general-nodes',
  nodeName: 'node-7',
  nodeUID: 'node-7',
  class: 'Fault',
  claimTime: '2026-11-21T11:58:00Z',
  startTime: '2026-11-21T11:58:00Z',
  ...more,
})
const slots = [holder('nr-7f3k2'), holder('nr-4k1zz')]
const zone = { domains: [{ topologyKey: 'topology.kubernetes.io/zone', value: 'a' }] }
const inZone = (labels: JsonObject) =>
  nodeWith([{ type: 'KernelDeadlock', status: 'True' }], { labels: { remediable: 'true', ...labels } })
const trip = (state: string, more: JsonObject = {}) => ({
  breakers: [
    {
      scope: '',
      state,
      tripID: 'trip-9',
      tripTime: '2026-11-21T11:50:00Z',
      input: 'MaxUnhealthy',
      message: '5 of 10 nodes',
      ...more,
    },
  ],
})
const clockJump = {
  reason: 'ClockJumped',
  message: 'the clock jumped by 59000 ms at 2026-11-21T12:01:00.000Z',
  at: monoAfter(1),
  time: instant(noon + 60_000),
  ms: 59_000,
} as const

const holding = preparedPolicy({
  signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 }],
})
const share = { selected: 10, healthy: 9, faults: 1, loads: 0 }

function runWith(step: string, answer: JsonObject | undefined, more: JsonObject = {}): NodeRemediation {
  const gates = answer === undefined ? [] : [answer]
  const held = {
    type: 'Held',
    status: 'True',
    lastTransitionTime: '2026-11-21T12:01:00Z',
    reason: answer?.['reason'] ?? 'DrainBlocked',
    message: answer?.['message'] ?? 'PodDisruptionBudget db/pg allows 0',
  }
  return runKind.project({
    metadata: { name: 'nr-9c1xm', uid: 'uid-of-run' },
    spec: {
      node: { name: 'node-1', uid: 'uid-of-node-1' },
      policyName: 'general-nodes',
      treatments: [{ name: 'power-cycle', powerCycle: {} }],
      cause: {
        diagnosis: 'kernel-hang',
        class: 'Fault',
        episode: 'e',
        when: 'kernelDeadlock',
        message: 'm',
        detectedTime: '2026-11-21T12:00:00Z',
      },
      ...more,
    },
    status: {
      step: { name: step, since: '2026-11-21T12:00:30Z' },
      treatment: 'power-cycle',
      startTime: '2026-11-21T12:00:30Z',
      gates,
      conditions: [held],
    },
  })
}

const treat = (
  gate: string,
  result: string,
  [reason, message, unblockedBy]: readonly [string, string, string],
): Partial<LadderParts> => ({
  run: runWith(gate === 'Approved' ? 'Approving' : 'Draining', { gate, result, reason, message, unblockedBy }),
})

/** What leads to each reason that a gate may give; the ladder that people read stands in `fixtures/why/<reason>.txt`. */
const cases: Readonly<Record<string, readonly [Bed, Partial<LadderParts>?]>> = {
  ...Object.fromEntries(
    Object.entries(ownGateCases).map(([reason, look]): [string, readonly [Bed]] => [reason, [{ looks: [look] }]]),
  ),
  NotSelected: [{ looks: [] }, { node: nodeWith([], { labels: { remediable: 'false' } }) }],
  PolicyOutranked: [{ looks: [{ policies: [preparedPolicy({ priority: 5 }), preparedPolicy({}, { name: 'low' })] }] }],
  ClockJumped: [
    {
      looks: [
        { policies: [holding] },
        { policies: [holding], now: instant(noon + 60_000), mono: monoAfter(1), disturbance: clockJump },
      ],
    },
  ],
  GloballyPaused: [{ pauses: [{ scope: { everything: {} } }] }],
  PolicyPaused: [{ pauses: [{ scope: { policyName: 'general-nodes' }, until: '2026-11-21T14:00:00Z' }] }],
  NodePaused: [{ pauses: [{ scope: { nodeName: 'node-1' } }] }],
  BudgetExhausted: [{ ledger: { slots } }],
  LedgerMissing: [{ ledger: 'Missing' }],
  LedgerUnavailable: [{ ledger: 'Unavailable' }],
  TopologyBudgetExhausted: [
    {
      looks: [{ node: inZone({ 'topology.kubernetes.io/zone': 'a' }), policies: [withTopology()] }],
      ledger: { slots: [holder('nr-7f3k2', zone)] },
    },
  ],
  TopologyUnknown: [{ looks: [{ node: inZone({}), policies: [withTopology()] }] }],
  RateExceeded: [{ ledger: { starts: Array.from({ length: 6 }, (_, index) => holder(`nr-${index}`)) } }],
  TooManyUnhealthy: [{ figures: { kind: 'Known', policy: { ...share, faults: 3 }, cluster: share } }],
  BreakerOpen: [{ ledger: trip('Open') }],
  StormCoolingDown: [{ ledger: trip('Cooling', { coolingSince: '2026-11-21T11:55:00Z' }) }],
  CanaryRunning: [{ ledger: { ...trip('HalfOpen', { canaryRunUID: 'nr-7f3k2' }), slots: slots.slice(0, 1) } }],
  NodeListDoubtful: [{ figures: { kind: 'Doubtful', message: 'no node is listed' } }],
  RightsMissing: [{}, { policies: [] }],
  ApprovalRequired: [
    {},
    treat('Approved', 'Hold', ['ApprovalRequired', 'rung power-cycle needs 1 yes, has 0', 'people who approve']),
  ],
  ProviderUnavailable: [
    {},
    treat('ProviderReady', 'Unknown', [
      'ProviderUnavailable',
      'BMC 10.1.3.17: no answer within 5 s',
      'the BMC answers',
    ]),
  ],
  ProviderRefused: [
    {},
    treat('ProviderReady', 'Unknown', ['ProviderRefused', 'BMC 10.1.3.17 refused the session', 'the cause at the BMC']),
  ],
  TreatmentUnsupported: [
    {},
    treat('ProviderReady', 'Hold', [
      'TreatmentUnsupported',
      'there is no Secret bmc-node-1',
      'a mapping, or another rung',
    ]),
  ],
  HostMismatch: [
    {},
    treat('ProviderReady', 'Hold', [
      'HostMismatch',
      'the BMC says uuid-2, node node-1 has uuid-1',
      'the mapping is corrected',
    ]),
  ],
}

/** Given by later versions; until then their ladder is that of an object that somebody else wrote. */
const written: Readonly<Record<string, JsonObject>> = {
  RightsMissing: {
    gate: 'ModeActs',
    result: 'Hold',
    reason: 'RightsMissing',
    message: 'may not patch nodes',
    unblockedBy: '`actionsRbac.enabled`',
  },
}

function partsFor(reason: string): LadderParts {
  const [bed, unusual] = cases[reason] ?? [{}]
  const answer = written[reason]
  if (answer === undefined) return ladderParts(bed, unusual)
  const parts = ladderParts()
  const replaced = <Answer extends { readonly gate: string }>(answers: readonly Answer[]) =>
    answers.map((known) => (known.gate === answer['gate'] ? answer : known))
  const health = parts.health && {
    ...parts.health,
    status: { ...parts.health.status, gates: replaced(parts.health.status.gates) } as NodeHealth['status'],
  }
  const policies = parts.policies.map((policy) => ({
    ...policy,
    status: policyStatusSchema.parse({ ...policy.status, gates: replaced(policy.status.gates) }),
  }))
  return { ...parts, health, policies }
}

test('what a node alone has to ask of the breaker is worked out for it: its class, and a ladder that is new', () => {
  const [policy] = ladderParts().policies
  const spec = policy?.spec
  if (spec === undefined) throw new Error('the bed has a policy')
  const { when, signals, treatments } = ladderOf(spec, 'kernel-hang')
  const cause = { diagnosis: 'kernel-hang', class: 'Fault', when, signals } as const
  const first = holder('nr-7f3k2', { plan: planOf({ policyName: 'general-nodes', cause, treatments }) })
  const answerOf = (bed: Bed) => joinLadder(ladderParts(bed)).gates.find(({ gate }) => gate === 'BreakerClosed')
  expect(answerOf({ ledger: { slots: [first] } })).toMatchObject({ result: 'Hold', reason: 'CanaryRunning' })
  expect(answerOf({ ledger: { slots: [holder('nr-7f3k2', { plan: 'another' })] } })).toMatchObject({ result: 'Pass' })
})

const everyReason = Object.values(gateReasons).flatMap((given) => Object.keys(given))

test.each(everyReason)('%s reads as its golden file', async (reason) => {
  const lines = renderLadder(joinLadder(partsFor(reason)))
  expect(lines.join('\n')).toContain(reason)
  expect(lines.every((line) => line.length <= 120)).toBe(true)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`fixtures/why/${reason}.txt`)
})

test('no case stands for a reason that no gate gives', () => {
  expect(Object.keys(cases).filter((reason) => !everyReason.includes(reason))).toEqual([])
})

test('every start gate answers, in the order in which people read them', () => {
  expect(joinLadder(ladderParts()).gates.map(({ gate }) => gate)).toEqual(startGates)
})

test('of a run under way the treat gates answer too; what was asked once passed when it began', () => {
  const ladder = joinLadder(ladderParts({}, { run: runWith('Treating', undefined) }))
  const names: readonly string[] = ladder.gates.map(({ gate }) => gate)
  expect(names).toEqual([...startGates, ...treatGates.filter((gate) => !startGates.some((start) => start === gate))])
  expect(ladder.gates.find(({ gate }) => gate === 'Diagnosed')?.message).toBe('kernel-hang (Fault): kernelDeadlock')
  expect(ladder.gates.at(-1)).toEqual({ gate: 'Approved', result: 'NotReached' })
})

test('what a start gate would say now holds no run that has begun', () => {
  const parts = ladderParts({ looks: [ownGateCases['CooldownActive'] ?? {}] }, { run: runWith('Treating', undefined) })
  expect(joinLadder(parts).gates.find(({ gate }) => gate === 'CooldownOver')).toMatchObject({ result: 'Pass' })
})

test('what holds a run is the headline, even where no gate says it', () => {
  const ladder = joinLadder(ladderParts({}, { run: runWith('Draining', undefined) }))
  expect(headline(ladder)).toMatchObject({ reason: 'DrainBlocked', message: 'PodDisruptionBudget db/pg allows 0' })
  expect(ladder.attention).toBe('Held')
})

test('of a run that a person asked for, what need not be asked passes as Manual', () => {
  const ladder = joinLadder(ladderParts({}, { run: runWith('Treating', undefined, { requestedBy: 'alice' }) }))
  expect(ladder.gates[0]).toMatchObject({
    gate: 'Selected',
    result: 'Pass',
    reason: 'Manual',
    message: 'nr-9c1xm was asked for by alice',
  })
})

test('a rehearsal is no run under way', () => {
  const ladder = joinLadder(ladderParts({}, { run: runWith('Approving', undefined, { dryRun: true }) }))
  expect(ladder).toMatchObject({ attention: 'Unhealthy', run: undefined })
})

test('a healthy node is told from Node and policies', () => {
  const ladder = joinLadder(ladderParts({ looks: [{ node: nodeWith() }] }))
  expect(ladder.attention).toBe('Healthy')
  expect(headline(ladder)).toMatchObject({ reason: 'NoDiagnosis', message: 'no signal of general-nodes is True' })
  expect(renderLadder(ladder)[0]).toBe('node/node-1  HEALTHY  policy general-nodes')
})

test('whatever could not be read is Unknown, and never a pass', () => {
  const unreadable = { health: 'forbidden', pauses: 'forbidden', ledger: 'forbidden' }
  const parts = ladderParts(
    { looks: [{ node: hungNode(), policies: [withTopology()] }] },
    { unreadable, ledger: undefined },
  )
  const results = Object.fromEntries(
    joinLadder({ ...parts, health: undefined }).gates.map(({ gate, result }) => [gate, result]),
  )
  expect(results).toMatchObject({
    Selected: 'Unknown',
    NotPaused: 'Unknown',
    TopologyFree: 'Unknown',
    ModeActs: 'Unknown',
  })
  const none = joinLadder({ ...parts, unreadable: { policies: 'forbidden' } }).gates
  expect(none.filter(({ result }) => result === 'Pass')).toEqual([])
})

test('where health or runs cannot be read, the node is not called well', () => {
  for (const unreadable of [{ health: 'forbidden' }, { run: 'forbidden' }]) {
    expect(joinLadder(ladderParts({ looks: [{ node: nodeWith() }] }, { unreadable })).attention).toBe('Unknown')
  }
})

test('the health of a node that bore this name before is not its own', () => {
  const node = nodeWith([], { uid: 'uid-of-another' })
  expect(joinLadder(ladderParts({}, { node }))).toMatchObject({ attention: 'Healthy', health: undefined })
})

test('what the operator said of an older version of the policy is no answer', () => {
  const parts = ladderParts()
  const policies = parts.policies.map((policy) => ({ ...policy, metadata: { ...policy.metadata, generation: 2 } }))
  const answer = joinLadder({ ...parts, policies }).gates.find(({ gate }) => gate === 'BudgetFree')
  expect(answer).toMatchObject({
    result: 'Unknown',
    message: 'the operator has not looked at this version of policy general-nodes yet',
  })
})

test('the run is told as the attempt that it is by the window of its policy, and a retry is one', () => {
  const start = (name: string, startTime: string, more: JsonObject = {}) =>
    holder(name, { nodeName: 'node-1', nodeUID: 'uid-of-node-1', startTime, endTime: startTime, ...more })
  const starts = [
    start('nr-older', '2026-11-01T10:00:00Z'),
    start('nr-old', '2026-11-01T12:00:00Z'),
    start('nr-other', '2026-11-21T10:00:00Z', { nodeUID: 'node-7' }),
    start('nr-free', '2026-11-21T10:00:00Z', { attempt: false }),
    start('nr-once', '2026-11-21T10:00:00Z', { retries: 1 }),
    { ...start('nr-9c1xm', '2026-11-21T12:00:30Z'), endTime: undefined },
  ]
  const ladder = joinLadder(ladderParts({ ledger: { starts } }, { run: runWith('Draining', undefined) }))
  expect(renderLadder(ladder)[0]).toContain('attempt 3/3')
})
