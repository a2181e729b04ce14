import { expect, test } from 'vitest'
import { startGates } from '../../api/gates.ts'
import { meta } from '../../api/kind.fixture.ts'
import { assert } from '../../kernel/assert.ts'
import { surroundings } from '../surroundings/surroundings.fixture.ts'
import { gatesOfSurroundings } from '../surroundings/surroundings.ts'
import { decideTriage } from './decide.ts'
import { gates, health, observation, run, shared } from './observation.fixture.ts'
import type { TriageObservation } from './observation.ts'

const freeze = () => ({ startTime: '2000-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z', reason: 'holidays' })

const around = () => {
  const seen = observation().around
  assert(seen !== undefined, 'the ordinary case has surroundings')
  return seen
}

function withLadder(...treatments: readonly string[]): TriageObservation['shared'] {
  const { policy, ...rest } = shared()
  const diagnoses = policy.diagnoses.map((diagnosis) => ({ ...diagnosis, treatments }))
  return { ...rest, policy: { ...policy, diagnoses } }
}

function nodeSeen(metadata: Parameters<typeof meta>[1]): TriageObservation['node'] {
  const { node } = observation()
  return node && { ...node, metadata: meta('node-1', metadata) }
}

/** Every start gate held alone, against every run that may stand on the node. */
const runs = [
  [],
  [run('a', { step: 'Done' })],
  [run('a', { step: 'Quarantined' })],
  [run('a', { spec: { dryRun: true }, step: 'Done' })],
]
const ownGates = gates().map(({ gate }) => gate)
const askedAnew: readonly string[] = ['NotExcluded', ...gatesOfSurroundings]

/** What holds one gate alone: those that are asked anew by what is around the node now, the others by what stands in its health. */
function holding(gate: string): Partial<TriageObservation> {
  const around = heldAround[gate]
  if (around !== undefined) return around
  return { health: health({ gates: gates({ [gate]: 'SomeReason' }) }) }
}

const heldAround: Readonly<Record<string, Partial<TriageObservation>>> = {
  NotExcluded: { node: nodeSeen({ annotations: { 'prunella.dev/exclude': 'firmware' } }) },
  NoOtherActor: { node: nodeSeen({ deletionTimestamp: '2026-11-21T12:00:00Z' }) },
  WindowOpen: { shared: { ...shared(), policy: { ...shared().policy, freezes: [freeze()] } } },
  ControlPlaneSafe: { node: nodeSeen({ labels: { 'node-role.kubernetes.io/master': '' } }) },
  CapacityThere: { around: surroundings({ room: { kind: 'Unknown', message: 'not read yet' } }) },
  DrainFeasible: {
    around: {
      ...around(),
      drain: { pods: 1, blocked: [], unmanaged: ['web/bare'], vetoed: [], localData: [], unreadable: undefined },
    },
  },
  ProviderReady: { around: { ...around(), power: { kind: 'NotAsked' } }, shared: withLadder('power-cycle') },
}

test('a single gate that does not pass is enough to start nothing', () => {
  const kinds = ownGates.flatMap((gate) =>
    runs.map((known) => {
      const decision = decideTriage(observation({ ...holding(gate), runs: known }))
      return `${gate === 'ModeActs' ? 'ModeActs' : 'another'} ${decision.kind}`
    }),
  )
  expect([...new Set(kinds)].toSorted()).toEqual([
    'ModeActs Hold',
    'ModeActs Nothing',
    'ModeActs Rehearse',
    'another Hold',
    'another Nothing',
  ])
})

test('what was true when the health was written gives way to what is true now, in both directions', () => {
  const stale = askedAnew.map((gate) => health({ gates: gates({ [gate]: 'SomeReason' }) }))
  expect(stale.map((believed) => decideTriage(observation({ health: believed })).kind)).toEqual(
    stale.map(() => 'Start'),
  )
  expect(askedAnew.map((gate) => decideTriage(observation(holding(gate))))).toEqual(
    askedAnew.map((gate) => expect.objectContaining({ kind: 'Hold', gate })),
  )
})

test('a rung without its provider does not keep the ladder from beginning where a later rung can be carried out', () => {
  const silent = { ...around(), power: { kind: 'Unavailable', message: 'silent' } } as const
  const startsWith = (...treatments: readonly string[]) =>
    decideTriage(observation({ around: silent, shared: withLadder(...treatments) })).kind
  expect(startsWith('power-cycle')).toBe('Hold')
  expect(startsWith('power-cycle', 'reboot')).toBe('Start')
})

test('a gate that nobody has answered holds', () => {
  const kinds = ownGates.map((gate) => {
    const answered = gates().filter((answer) => answer.gate !== gate)
    return decideTriage(observation({ health: health({ gates: answered }), around: undefined })).kind
  })
  expect(new Set(kinds).has('Start')).toBe(false)
})

test('the gates that stand once are asked as well: together they are all of them', () => {
  const sharedGates = ['NotPaused', 'BudgetFree', 'TopologyFree', 'RateFree', 'BreakerClosed']
  expect([...ownGates, ...sharedGates].toSorted()).toEqual([...startGates].toSorted())
})

test('a gate that answers Unknown holds like one that says Hold', () => {
  const unknown = gates().map((answer) =>
    answer.gate === 'SignalFresh' ? { ...answer, result: 'Unknown', reason: 'SignalStale' } : answer,
  )
  expect(decideTriage(observation({ health: health({ gates: unknown }) }))).toMatchObject({
    kind: 'Hold',
    reason: 'SignalStale',
  })
})

test('without a policy, a diagnosis or the node there is nothing to start', () => {
  for (const missing of [{ shared: undefined }, { node: undefined }, { health: health({ diagnosis: undefined }) }]) {
    expect(decideTriage(observation({ shared: shared(), ...missing })).kind).toBe('Nothing')
  }
})
