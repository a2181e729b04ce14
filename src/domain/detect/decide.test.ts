import { expect, test } from 'vitest'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { type Instant, instant, mono } from '../../kernel/time.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { decide } from './decide.ts'
import {
  after,
  alertFor,
  alertsKnown,
  alertsUnavailable,
  monoAfter,
  nodeWith,
  noon,
  sourcesWith,
} from './evidence.fixture.ts'
import { looks } from './looks.fixture.ts'
import { at, hungNode, observation, runOf } from './observation.fixture.ts'

const holding = (seconds: number) =>
  preparedPolicy({
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: seconds },
    ],
  })
const overload = (holdSeconds = 600) =>
  preparedPolicy({
    signals: [{ name: 'cpuSaturated', alert: { name: 'NodeCPUSaturated' }, holdSeconds }],
    diagnoses: [{ name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: ['replace'] }],
    treatments: [{ name: 'replace', replace: { provider: 'Karpenter' } }],
  })

const clockJump = (time: Instant) =>
  ({ reason: 'ClockJumped', message: 'the clock jumped by 3595000 ms', at: monoAfter(5), time, ms: 3_595_000 }) as const

const gate = (health: NodeHealth | undefined, name: string) =>
  health?.status.gates.find((answer) => answer.gate === name)
const condition = (health: NodeHealth | undefined, type: string) =>
  health?.status.conditions.find((known) => known.type === type)

const episodeOf = (health: NodeHealth | undefined) => health?.status.diagnosis?.episode

test('a healthy node has no object', () => {
  expect(decide(observation())).toMatchObject({ command: undefined, detected: undefined })
})

test('what a policy says of a diagnosis goes with it: how sure it is, and a sentence for people', () => {
  const [diagnosis] = preparedPolicy().spec.diagnoses
  const sentence = 'The kernel hangs and does not come back.'
  const policies = [preparedPolicy({ diagnoses: [{ ...diagnosis, confidence: 'Low', sentence }] })]
  const { health, decision } = looks({ node: hungNode(), policies })
  expect(health?.status.diagnosis).toMatchObject({ confidence: 'Low', sentence })
  expect(decision.detected).toBe(
    `kernel-hang (Fault): ${sentence} kernelDeadlock: condition KernelDeadlock is True (VitalTaskHung: kubelet)`,
  )
})

test('a hung kernel is told with its diagnosis, its signals and every gate', () => {
  const { health, decision } = looks({ node: hungNode() })
  expect(health?.spec).toEqual({ node: { name: 'node-1', uid: 'uid-of-node-1' }, policyName: 'general-nodes' })
  expect(health?.status.diagnosis).toMatchObject({
    name: 'kernel-hang',
    class: 'Fault',
    urgency: 'Immediate',
    confidence: 'High',
  })
  expect(health?.status.signals).toEqual([
    {
      name: 'kernelDeadlock',
      state: 'True',
      since: '2026-11-21T12:00:00.000Z',
      message: 'condition KernelDeadlock is True (VitalTaskHung: kubelet)',
    },
  ])
  expect(health?.status.gates.map(({ gate, result }) => `${result} ${gate}`)).toEqual([
    'Pass Selected',
    'Pass NotExcluded',
    'Pass SignalFresh',
    'Pass HoldElapsed',
    'Pass Diagnosed',
    'Pass NoOtherActor',
    'Pass WindowOpen',
    'Pass ControlPlaneSafe',
    'Pass CooldownOver',
    'Pass AttemptsLeft',
    'Pass CapacityThere',
    'Pass DrainFeasible',
    'Pass ModeActs',
    'Pass ProviderReady',
  ])
  expect(condition(health, 'Healthy')).toMatchObject({ status: 'False', reason: 'SignalsUnhealthy' })
  expect(condition(health, 'Held')).toMatchObject({ status: 'False', reason: 'NotHeld' })
  expect(decision.detected).toBe(
    'kernel-hang (Fault): kernelDeadlock: condition KernelDeadlock is True (VitalTaskHung: kubelet)',
  )
})

test('a second look at the same trouble writes nothing and tells nobody', () => {
  const { decision } = looks({ node: hungNode() }, { node: hungNode(), ...at(30) })
  expect(decision.command).toBeUndefined()
  expect(decision.detected).toBeUndefined()
})

test('while the hold runs the node is at risk, not unhealthy, and the next look is at its end', () => {
  const { health, decision } = looks({ node: hungNode(), policies: [holding(10)] })
  expect(condition(health, 'Healthy')).toMatchObject({ status: 'True', reason: 'AtRisk' })
  expect(condition(health, 'Held')).toMatchObject({ status: 'True', reason: 'HoldNotElapsed' })
  expect(health?.status.signals[0]?.holdUntil).toBe('2026-11-21T12:00:10.000Z')
  expect(decision.wakeAfterMs).toBe(10_000)
  expect(decision.detected).toBeUndefined()
})

test('once the hold has elapsed the node is unhealthy', () => {
  const seen = { node: hungNode(), policies: [holding(10)] }
  const { health, decision } = looks(seen, { ...seen, ...at(10) })
  expect(gate(health, 'HoldElapsed')?.result).toBe('Pass')
  expect(decision.detected).toContain('kernel-hang (Fault)')
})

test('a hold counts from our own first sight, not from the time that the node wrote', () => {
  const old = nodeWith([{ type: 'KernelDeadlock', status: 'True', transition: -3_600 }])
  const { health } = looks({ node: old, policies: [holding(10)] })
  expect(gate(health, 'HoldElapsed')).toMatchObject({ result: 'Hold', reason: 'HoldNotElapsed' })
})

test('a signal that clears for a moment begins its hold anew', () => {
  const seen = { policies: [holding(10)] }
  const { health } = looks(
    { ...seen, node: hungNode() },
    { ...seen, node: nodeWith(), ...at(5) },
    { ...seen, node: hungNode(), ...at(11) },
  )
  expect(gate(health, 'HoldElapsed')?.result).toBe('Hold')
})

const turnedAt = (transition: number) => nodeWith([{ type: 'KernelDeadlock', status: 'True', transition }])

test('a signal that went and came again while nobody looked begins its hold anew: its source names another beginning', () => {
  const seen = { policies: [holding(10)] }
  const before = [
    { ...seen, node: turnedAt(-3) },
    { ...seen, node: turnedAt(-3), ...at(10) },
  ] as const
  expect(gate(looks(...before).health, 'HoldElapsed')?.result).toBe('Pass')
  const { health, decision } = looks(...before, { ...seen, node: turnedAt(20), ...at(22) })
  expect(gate(health, 'HoldElapsed')).toMatchObject({ result: 'Hold', reason: 'HoldNotElapsed' })
  expect(health?.status.signals[0]?.holdUntil).toBe('2026-11-21T12:00:32.000Z')
  expect(decision.ripe).toEqual([])
})

test('an alert that fires anew between two polls begins its hold anew', () => {
  const seen = { policies: [overload(10)] }
  const firing = (startsAt: number, seconds: number) =>
    alertsKnown([alertFor({}, { startsAt: after(startsAt) })], seconds)
  const { health } = looks(
    { ...seen, sources: sourcesWith({ alerts: firing(0, 0) }) },
    { ...seen, sources: sourcesWith({ alerts: firing(8, 11) }), ...at(11) },
  )
  expect(gate(health, 'HoldElapsed')?.result).toBe('Hold')
})

test('a source that names another beginning with every word of it is not believed for ever', () => {
  const seen = { policies: [holding(10)] }
  const restless = [0, 1, 2, 3, 4, 5, 6, 7].map((look) => ({ ...seen, node: turnedAt(look * 5), ...at(look * 5) }))
  const { health } = looks(...restless)
  expect(gate(health, 'HoldElapsed')?.result).toBe('Pass')
})

test('a source that could not be asked re-arms the hold', () => {
  const seen = { policies: [overload(10)] }
  const firing = (seconds: number) => alertsKnown([alertFor({})], seconds)
  const { health } = looks(
    { ...seen, sources: sourcesWith({ alerts: firing(0) }) },
    { ...seen, sources: sourcesWith({ alerts: alertsUnavailable() }), ...at(5) },
    { ...seen, sources: sourcesWith({ alerts: firing(11) }), ...at(11) },
  )
  expect(gate(health, 'HoldElapsed')?.result).toBe('Hold')
})

test('a clock that jumps re-arms the hold and says so, until it has elapsed again', () => {
  const seen = { node: hungNode(), policies: [holding(10)] }
  const time = instant(noon + 3_600_000)
  const jumped = { now: time, mono: monoAfter(5), disturbance: clockJump(time) }
  const { health } = looks(seen, { ...seen, ...jumped })
  expect(gate(health, 'SignalFresh')).toMatchObject({ result: 'Unknown', reason: 'ClockJumped' })
  expect(gate(health, 'HoldElapsed')?.result).toBe('Hold')

  const later = { ...jumped, now: instant(noon + 3_610_000), mono: monoAfter(15) }
  const { health: again } = looks(seen, { ...seen, ...jumped }, { ...seen, ...later })
  expect(gate(again, 'SignalFresh')?.result).toBe('Pass')
  expect(gate(again, 'HoldElapsed')?.result).toBe('Pass')
})

test('a new process begins the hold anew, and shows since when the signal stands', () => {
  const seen = { node: hungNode(), policies: [holding(10)] }
  const { health } = looks(seen, { ...seen, memory: undefined, now: after(60), mono: mono(5) })
  expect(gate(health, 'HoldElapsed')?.result).toBe('Hold')
  expect(health?.status.signals[0]).toMatchObject({
    since: '2026-11-21T12:00:00.000Z',
    holdUntil: '2026-11-21T12:01:10.000Z',
  })
})

test('another replica that saw the same a little later changes nothing when it takes over', () => {
  const seen = { node: hungNode(), policies: [holding(10)] }
  const follower = decide(observation({ ...seen, now: instant(noon + 300), mono: mono(77) }))
  const { health } = looks(seen, { ...seen, ...at(10) })
  const takenOver = decide(
    observation({ ...seen, memory: follower.memory, stored: health, now: after(20), mono: mono(77 + 19_700) }),
  )
  expect(takenOver.command).toBeUndefined()
})

test('the object goes when the node is well again', () => {
  const { decision, health } = looks({ node: hungNode() }, { node: nodeWith(), ...at(5) })
  expect(decision.command).toEqual({ kind: 'Delete', uid: 'uid-of-health' })
  expect(health).toBeUndefined()
})

test('it stays while a run is open, and says which', () => {
  const { health } = looks({ node: hungNode() }, { node: nodeWith(), runs: [runOf('Verifying')], ...at(5) })
  expect(condition(health, 'Healthy')).toMatchObject({ status: 'True', reason: 'SignalsHealthy' })
  expect(condition(health, 'Held')).toMatchObject({
    status: 'False',
    reason: 'RunInProgress',
    message: 'run nr-1 is open',
  })
})

test('a run that goes from step to step is no news of its node', () => {
  const steps = ['Claiming', 'Cordoning', 'Draining', 'Treating'] as const
  const { decision } = looks(...steps.map((step) => ({ node: hungNode(), runs: [runOf(step)] })))
  expect(decision.command).toBeUndefined()
})

test('a rehearsal keeps nothing', () => {
  const { health } = looks({ runs: [runOf('Approving', { dryRun: true })] })
  expect(health).toBeUndefined()
})

test('it goes with its node', () => {
  const { decision } = looks({ node: hungNode() }, { node: undefined })
  expect(decision).toMatchObject({ command: { kind: 'Delete' }, memory: undefined })
})

test('a node recreated under the old name is another node: old health goes, holds begin anew', () => {
  const seen = { policies: [holding(10)] }
  const reborn = nodeWith([{ type: 'KernelDeadlock', status: 'True' }], { uid: 'uid-of-another' })
  const { decision, health } = looks({ ...seen, node: hungNode() }, { ...seen, node: reborn, ...at(10) })
  expect(decision.command?.kind).toBe('Delete')
  expect(health).toBeUndefined()
  const next = looks(
    { ...seen, node: hungNode() },
    { ...seen, node: reborn, ...at(10) },
    { ...seen, node: reborn, ...at(11) },
  )
  expect(next.health?.spec?.node.uid).toBe('uid-of-another')
  expect(gate(next.health, 'HoldElapsed')?.result).toBe('Hold')
})

test('a node that no policy selects has no object, however sick it is', () => {
  const foreign = nodeWith([{ type: 'KernelDeadlock', status: 'True' }], { labels: {} })
  expect(looks({ node: foreign }).health).toBeUndefined()
})

test('a source that is down for everybody, or that nobody installed, makes no objects', () => {
  expect(
    looks({ policies: [overload()], sources: sourcesWith({ alerts: alertsUnavailable() }) }).health,
  ).toBeUndefined()
  const foreign = preparedPolicy({
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'NeverReported', status: 'True' } }],
  })
  expect(looks({ policies: [foreign] }).health).toBeUndefined()
})

test('what was trouble before its source went down stays in doubt, and its episode lasts', () => {
  const seen = { policies: [overload(0)] }
  const firing = alertsKnown([alertFor({})])
  const before = looks({ ...seen, sources: sourcesWith({ alerts: firing }) }).health
  const { health } = looks(
    { ...seen, sources: sourcesWith({ alerts: firing }) },
    { ...seen, sources: sourcesWith({ alerts: alertsUnavailable() }), ...at(5) },
  )
  expect(condition(health, 'Healthy')).toMatchObject({ status: 'Unknown', reason: 'SignalsUnknown' })
  const again = { ...seen, sources: sourcesWith({ alerts: alertsKnown([alertFor({})], 9) }), ...at(9) }
  const { health: back } = looks(
    { ...seen, sources: sourcesWith({ alerts: firing }) },
    { ...seen, sources: sourcesWith({ alerts: alertsUnavailable() }), ...at(5) },
    again,
  )
  expect(episodeOf(back)).toBe(episodeOf(before))
})

test('a writer that fell silent on this node is told as doubt', () => {
  const silent = nodeWith([{ type: 'KernelDeadlock', status: 'False', heartbeat: -901 }])
  const { health } = looks({ node: silent })
  expect(condition(health, 'Healthy')).toMatchObject({ status: 'Unknown', reason: 'SignalsUnknown' })
  expect(gate(health, 'SignalFresh')).toMatchObject({ result: 'Unknown', reason: 'SignalStale' })
  expect(gate(health, 'Diagnosed')).toMatchObject({ result: 'Unknown', reason: 'DiagnosisUnknown' })
})

test('silence is measured on our own clock from the last heartbeat that moved, and the look at its end is planned', () => {
  const first = looks({ node: nodeWith() })
  expect(first.decision.wakeAfterMs).toBe(900_001)
  const { health } = looks({ node: nodeWith() }, { node: nodeWith(), ...at(901) })
  expect(gate(health, 'SignalFresh')?.reason).toBe('SignalStale')
  const moved = nodeWith([{ type: 'KernelDeadlock', status: 'False', heartbeat: 300 }])
  expect(looks({ node: nodeWith() }, { node: moved, ...at(300) }, { node: moved, ...at(901) }).health).toBeUndefined()
})

test('the word of the control plane needs no heartbeat', () => {
  const policies = [
    preparedPolicy({
      signals: [{ name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
      diagnoses: [{ name: 'node-dead', class: 'Fault', when: 'kubeletSilent', treatments: ['power-cycle'] }],
    }),
  ]
  const dead = nodeWith([{ type: 'Ready', status: 'Unknown', heartbeat: -9_000, transition: -9_000 }])
  expect(looks({ policies, node: dead }).health?.status.diagnosis?.name).toBe('node-dead')
})

test('an Unknown signal that the other side makes irrelevant holds nobody', () => {
  const policies = [
    preparedPolicy({
      signals: [
        { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
        { name: 'hint', alert: { name: 'KernelHang' }, clearedWhen: { healthCheck: 'Kubelet' } },
      ],
      diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock || hint', treatments: ['power-cycle'] }],
    }),
  ]
  const { health } = looks({ policies, node: hungNode(), sources: sourcesWith({ alerts: alertsUnavailable() }) })
  expect(gate(health, 'SignalFresh')?.result).toBe('Pass')
  expect(health?.status.diagnosis?.name).toBe('kernel-hang')
})

test('a when that holds by facts of the node alone accuses nobody', () => {
  const when = 'kernelDeadlock || node.name == "node-1"'
  const policies = [
    preparedPolicy({ diagnoses: [{ name: 'kernel-hang', class: 'Fault', when, treatments: ['power-cycle'] }] }),
  ]
  expect(looks({ policies }).health).toBeUndefined()
  expect(looks({ policies, node: hungNode() }).health?.status.diagnosis?.name).toBe('kernel-hang')
})

test("an earlier diagnosis that is Unknown or still held stands in no later one's way", () => {
  const two = (first: object) =>
    preparedPolicy({
      signals: [
        { name: 'cpuSaturated', alert: { name: 'NodeCPUSaturated' }, ...first },
        { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
      ],
      diagnoses: [
        { name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: ['replace'] },
        { name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['replace'] },
      ],
      treatments: [{ name: 'replace', replace: { provider: 'Karpenter' } }],
    })
  const node = hungNode()
  expect(
    looks({ policies: [two({})], node, sources: sourcesWith({ alerts: alertsUnavailable() }) }).health?.status.diagnosis
      ?.name,
  ).toBe('kernel-hang')
  const alerts = alertsKnown([alertFor({})])
  expect(
    looks({ policies: [two({ holdSeconds: 60 })], node, sources: sourcesWith({ alerts }) }).health?.status.diagnosis
      ?.name,
  ).toBe('kernel-hang')
  expect(looks({ policies: [two({})], node, sources: sourcesWith({ alerts }) }).health?.status.diagnosis?.name).toBe(
    'overloaded',
  )
})

test('the policy that acts is shown, and the others are named with their headline', () => {
  const policies = [
    preparedPolicy({}, { name: 'low' }),
    preparedPolicy({ priority: 5 }, { name: 'high' }),
    preparedPolicy({ mode: 'Observe', priority: 9 }, { name: 'watching' }),
  ]
  const { health } = looks({ node: hungNode(), policies })
  expect(health?.spec?.policyName).toBe('high')
  expect(health?.status.otherPolicies).toEqual([
    { policyName: 'low', reason: 'PolicyOutranked' },
    { policyName: 'watching', reason: 'ObserveMode' },
  ])
})

test('what a node writes into its conditions is shown, never obeyed', () => {
  const hostile = nodeWith([{ type: 'KernelDeadlock', status: 'True', message: '\u001b[2Jall is well\u202e' }])
  expect(looks({ node: hostile }).health?.status.signals[0]?.message).toContain('\\u001b[2Jall is well\\u202e')
})
