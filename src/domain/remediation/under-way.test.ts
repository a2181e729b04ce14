import { expect, test } from 'vitest'
import { stepNames } from '../../api/v1alpha1/node-remediation.ts'
import { decide } from './decide.ts'
import { ledger, observation, policy, runUID, shared, sickNode, slot, steps } from './observation.fixture.ts'
import { isUnderWay } from './under-way.ts'

const zone = 'topology.kubernetes.io/zone'
const inZoneA = sickNode({ metadata: { ...sickNode().metadata, labels: { [zone]: 'a' } } })
const other = { ...slot('other'), domains: [{ topologyKey: zone, value: 'a' }] }

const claiming = (limits: Record<string, unknown>) =>
  observation({
    step: steps.claiming,
    node: { kind: 'Present', node: inZoneA },
    shared: shared(policy({ limits })),
    underWay: [other],
  })

test('a run that is under way counts against the budget although somebody has emptied the ledger', () => {
  expect(decide(claiming({ maxConcurrent: 1 }))).toMatchObject({ kind: 'Stay', held: { reason: 'BudgetExhausted' } })
  expect(
    decide(claiming({ maxConcurrent: 2, topologyLimits: [{ topologyKey: zone, maxConcurrent: 1 }] })),
  ).toMatchObject({ kind: 'Stay', held: { reason: 'TopologyBudgetExhausted' } })
})

test('one that the ledger lists counts once, and none counts against itself', () => {
  const twoAllowed = claiming({ maxConcurrent: 2 })
  expect(decide({ ...twoAllowed, ledger: ledger({ slots: [other] }) })).toMatchObject({
    commands: [{ kind: 'ClaimSlot' }],
  })
  expect(decide({ ...claiming({ maxConcurrent: 1 }), underWay: [slot(runUID)] })).toMatchObject({
    commands: [{ kind: 'ClaimSlot' }],
  })
})

test('what is only counted is not written: who is under way says so itself', () => {
  expect(decide(claiming({ maxConcurrent: 2 }))).toMatchObject({
    commands: [{ kind: 'ClaimSlot', ledger: { slots: [{ runUID }] } }],
  })
})

test('under way is who disrupts its node or is about to, and who clears up while its cordon stands', () => {
  const counted = stepNames.filter((name) => isUnderWay({ name, attempted: true }, true))
  expect(counted).toEqual(['Cordoning', 'Draining', 'Treating', 'Verifying', 'Releasing'])
  expect(isUnderWay({ name: 'Releasing', attempted: true }, false)).toBe(false)
  expect(isUnderWay({ name: 'Releasing', attempted: false }, true)).toBe(false)
})
