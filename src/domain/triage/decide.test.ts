import { expect, test } from 'vitest'
import { later, minutes, rfc3339 } from '../../kernel/time.ts'
import { decideTriage } from './decide.ts'
import { gates, health, now, observation, ripe, run, shared } from './observation.fixture.ts'

test('when every gate passes, a run starts: bound to the node by UID, with the ladder of its diagnosis and its own signals', () => {
  expect(decideTriage(observation())).toMatchObject({
    kind: 'Start',
    run: {
      name: expect.stringMatching(/^nr-[a-z0-9]{10}$/),
      spec: {
        node: { name: 'node-1', uid: 'node-1-uid', systemUUID: 'some-uuid', providerID: 'kwok://node-1' },
        cause: { diagnosis: 'kernel-hang', signals: [{ name: 'kernelDeadlock' }] },
        treatments: [{ name: 'power-cycle' }, { name: 'reboot' }],
        dryRun: false,
      },
    },
  })
})

test('the trouble began with the first signal that speaks for it, and with none that it does not rest on', () => {
  const believed = (name: string, state: string, minutesAgo: number) => ({
    name,
    state,
    since: rfc3339(later(now, -minutes(minutesAgo))),
    message: 'm',
  })
  const detectedAt = (...signals: readonly object[]) => {
    const decision = decideTriage(observation({ health: health({ signals }) }))
    return 'run' in decision ? decision.run.spec.cause.detectedTime : undefined
  }
  expect(detectedAt(believed('kernelDeadlock', 'True', 2), believed('unrelated', 'True', 9_000))).toBe(
    rfc3339(later(now, -minutes(2))),
  )
  expect(detectedAt(believed('kernelDeadlock', 'Unknown', 9_000))).toBe(rfc3339(now))
})

test('the name is derived: asked again, or by another leader, it is the same; after a run that ended it is another', () => {
  const nameOf = (seen: Parameters<typeof decideTriage>[0]): string | undefined => {
    const decision = decideTriage(seen)
    return 'run' in decision ? decision.run.name : undefined
  }
  expect(nameOf(observation())).toBe(nameOf(observation()))
  // Whoever leads next has written the health anew: that makes no other name.
  const rewritten = { ...health(), metadata: { ...health().metadata, resourceVersion: '999' } }
  expect(nameOf(observation({ health: rewritten }))).toBe(nameOf(observation()))
  expect(nameOf(observation({ runs: [run('nr-old', { step: 'Done' })] }))).not.toBe(nameOf(observation()))
})

test('one actor per node: nothing starts beside an open run, whoever began it', () => {
  expect(decideTriage(observation({ runs: [run('nr-open', { step: 'Draining' })] }))).toEqual({
    kind: 'Nothing',
    because: 'run nr-open is under way',
  })
})

test('a gate of the node holds, and a full budget holds', () => {
  const cooling = observation({ health: health({ gates: gates({ CooldownOver: 'CooldownActive' }) }) })
  expect(decideTriage(cooling)).toMatchObject({ kind: 'Hold', gate: 'CooldownOver', reason: 'CooldownActive' })
})

test('people who have not answered are not asked again at once, whatever stands in the NodeHealth', () => {
  const asking = { ...shared(), policy: { ...shared().policy, mode: 'Approve' } as const }
  const ended = run('nr-1', { step: 'Done' })
  const { completionTime, status } = { completionTime: rfc3339(now), status: ended.status }
  const step = status.step && { ...status.step, outcome: 'ApprovalExpired' as const }
  const unanswered = { ...ended, status: { ...status, completionTime, ...(step === undefined ? {} : { step }) } }
  const looking = (ms: number) =>
    decideTriage(observation({ shared: { ...asking, now: later(now, ms) }, runs: [unanswered] }))
  expect(looking(minutes(59))).toMatchObject({ kind: 'Hold', gate: 'CooldownOver', reason: 'ApprovalExpired' })
  expect(looking(minutes(60))).toMatchObject({ kind: 'Start' })
})

const { node: sick } = observation()
const recovered = sick && { ...sick, conditions: [] }

test.each([
  ['that was disturbed', { frozen: { reason: 'ClockJumped', message: 'the clock jumped' } }, 'ClockJumped'],
  ['that has not seen the diagnosis for long enough itself', { ripe: undefined }, 'HoldNotElapsed'],
  ['whose live read shows a cause that has come anew', { ripe: ripe('2026-11-21T11:00:00Z') }, 'HoldNotElapsed'],
  ['whose live read no longer shows the cause', { node: recovered }, 'SignalMissing'],
] as const)('a process %s starts nothing, whatever stands in the NodeHealth', (_what, unusual, reason) => {
  expect(decideTriage(observation(unusual))).toMatchObject({ kind: 'Hold', reason })
})

test('a run that is about to claim counts as if it had', () => {
  const coming = run('nr-other', { spec: { node: { name: 'node-2', uid: 'node-2-uid' } } })
  expect(decideTriage(observation({ claiming: [coming] }))).toMatchObject({ kind: 'Hold', reason: 'BudgetExhausted' })
})

/** Two slots for all, and what else is limited; a run on node-2 is on its way to one. */
const besideOneComing = (limits: object, labels: Record<string, string> | undefined) => {
  const { policy, ...rest } = shared()
  const coming = run('nr-other', { spec: { node: { name: 'node-2', uid: 'node-2-uid' } } })
  const { node } = observation()
  const zoneA = node && { ...node, metadata: { ...node.metadata, labels: { zone: 'a' } } }
  return decideTriage(
    observation({
      node: zoneA,
      claiming: [coming],
      claimingLabels: labels === undefined ? {} : { 'node-2': labels },
      shared: { ...rest, policy: { ...policy, limits: { ...policy.limits, maxConcurrent: 2, ...limits } } },
    }),
  )
}

test('a run that is about to claim counts in its zone, where the labels of its node are known', () => {
  const oneEach = { topologyLimits: [{ topologyKey: 'zone', maxConcurrent: 1 }] }
  expect(besideOneComing(oneEach, { zone: 'a' })).toMatchObject({ kind: 'Hold', reason: 'TopologyBudgetExhausted' })
  expect(besideOneComing(oneEach, { zone: 'b' })).toMatchObject({ kind: 'Start' })
  expect(besideOneComing(oneEach, undefined)).toMatchObject({ kind: 'Start' })
})

test('a run that is about to claim is a start of this hour', () => {
  expect(besideOneComing({ maxPerHour: 1 }, {})).toMatchObject({ kind: 'Hold', reason: 'RateExceeded' })
  expect(besideOneComing({ maxPerHour: 2 }, {})).toMatchObject({ kind: 'Start' })
})

test('in Observe the run is a rehearsal, once per episode, and only when nothing else holds', () => {
  const observes = { health: health({ gates: gates({ ModeActs: 'ObserveMode' }) }) }
  expect(decideTriage(observation(observes))).toMatchObject({
    kind: 'Rehearse',
    run: { spec: { dryRun: true }, finalizers: [] },
  })
  const rehearsed = run('nr-dry', { spec: { dryRun: true }, step: 'Done' })
  expect(decideTriage(observation({ ...observes, runs: [rehearsed] }))).toMatchObject({
    kind: 'Hold',
    reason: 'ObserveMode',
  })
  const both = { health: health({ gates: gates({ ModeActs: 'ObserveMode', AttemptsLeft: 'AttemptsExhausted' }) }) }
  expect(decideTriage(observation(both))).toMatchObject({ kind: 'Hold', reason: 'AttemptsExhausted' })
})

test.each([
  ['a ledger that is missing', { ledger: { kind: 'Missing' } }, 'LedgerMissing'],
  ['a ledger that came back under another UID', { ledgerUID: 'another' }, 'BreakerOpen'],
  [
    'a list of nodes that is empty',
    { figures: { kind: 'Doubtful', message: 'no node is listed' } },
    'NodeListDoubtful',
  ],
] as const)('%s starts nothing', (_name, unusual, reason) => {
  expect(decideTriage(observation({ shared: { ...shared(), ...unusual } }))).toMatchObject({ kind: 'Hold', reason })
})

test('another node under the same name is another node', () => {
  expect(decideTriage(observation({ node: undefined }))).toMatchObject({ kind: 'Nothing' })
  const believed = health()
  const other = { ...believed, spec: { node: { name: 'node-1', uid: 'older' }, policyName: 'general' } }
  expect(decideTriage(observation({ health: other }))).toMatchObject({ kind: 'Nothing' })
})
