import { expect, test } from 'vitest'
import { startGates } from '../../api/gates.ts'
import { decideTriage } from './decide.ts'
import { gates, health, observation, run, shared } from './observation.fixture.ts'

/** Every start gate held alone, against every run that may stand on the node. */
const runs = [
  [],
  [run('a', { step: 'Done' })],
  [run('a', { step: 'Quarantined' })],
  [run('a', { spec: { dryRun: true }, step: 'Done' })],
]
const ownGates = gates().map(({ gate }) => gate)

test('a single gate that does not pass is enough to start nothing', () => {
  const kinds = ownGates.flatMap((gate) =>
    runs.map((known) => {
      const held = health({ gates: gates({ [gate]: 'SomeReason' }) })
      return `${gate === 'ModeActs' ? 'ModeActs' : 'another'} ${decideTriage(observation({ health: held, runs: known })).kind}`
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

test('a gate that nobody has answered holds', () => {
  const kinds = ownGates.map((gate) => {
    const answered = gates().filter((answer) => answer.gate !== gate)
    return decideTriage(observation({ health: health({ gates: answered }) })).kind
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
