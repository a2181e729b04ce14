import { describe, expect, test } from 'vitest'
import { sharedGates } from '../../api/gates.ts'
import { meta } from '../../api/kind.fixture.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { hours, later, rfc3339 } from '../../kernel/time.ts'
import { ledger, now, policy, share, slot, start, view } from './budget-view.fixture.ts'
import { budgetFree, notPaused, rateFree, topologyFree } from './gates.ts'
import { budgetGates } from './shared-gates.ts'

test('all shared gates are asked, and in an idle cluster all of them pass', () => {
  const answers = budgetGates(view())
  expect(answers.map(({ gate }) => gate)).toEqual(sharedGates)
  expect(answers.filter(({ result }) => result !== 'Pass')).toEqual([])
})

describe('BudgetFree', () => {
  test('a slot of our own is no reason to wait', () => {
    expect(budgetFree(view({ ledger: ledger({ slots: [slot('me')] }) })).result).toBe('Pass')
  })

  test('the cap of the policy and the cap of the cluster both hold, each with its figures', () => {
    expect(budgetFree(view({ ledger: ledger({ slots: [slot('other')] }) }))).toMatchObject({
      reason: 'BudgetExhausted',
      numbers: { used: 1, limit: 1 },
      message: '1 of 1 slots of general are held by other',
    })
    const full = {
      guard: guardSpecSchema.parse({ maxConcurrent: 1 }),
      ledger: ledger({ slots: [slot('x', { policyName: 'another' })] }),
    }
    expect(budgetFree(view(full))).toMatchObject({ message: '1 of 1 slots of the cluster are held by x' })
  })

  test('slots are counted in the ledger, whatever the caches show', () => {
    const full = {
      guard: guardSpecSchema.parse({ maxConcurrent: 2 }),
      policy: policy({ maxConcurrent: 9 }),
      ledger: ledger({ slots: [slot('x'), slot('y')] }),
    }
    const allWell = { figures: { kind: 'Known', policy: share(0), cluster: share(0) } } as const
    expect(budgetFree(view({ ...full, ...allWell })).reason).toBe('BudgetExhausted')
  })

  test('a limit of 0 starts nothing, and a percentage rounds down', () => {
    expect(budgetFree(view({ policy: policy({ maxConcurrent: 0 }) })).reason).toBe('BudgetExhausted')
    const two = ledger({ slots: [slot('x'), slot('y')] })
    expect(budgetFree(view({ policy: policy({ maxConcurrent: '29%' }), ledger: two })).numbers).toEqual({
      used: 2,
      limit: 2,
    })
  })

  test('a ledger that is missing is not an empty one, nor is one that cannot be read', () => {
    expect(budgetFree(view({ ledger: { kind: 'Missing' } })).reason).toBe('LedgerMissing')
    expect(budgetFree(view({ ledger: { kind: 'Unavailable', message: 'x' } }))).toMatchObject({
      result: 'Unknown',
      reason: 'LedgerUnavailable',
    })
  })
})

test('until it is known which ledger counts, nothing starts', () => {
  expect(budgetFree(view({ ledgerUID: undefined }))).toMatchObject({ result: 'Unknown', reason: 'LedgerUnavailable' })
})

describe('TopologyFree', () => {
  const limited = { policy: policy({ topologyLimits: [{ topologyKey: 'zone', maxConcurrent: 1 }] }) }
  const inZone = (value: string) => ledger({ slots: [slot('x', { domains: [{ topologyKey: 'zone', value }] })] })

  test('only slots of the same domain count', () => {
    expect(topologyFree(view({ ...limited, ledger: inZone('a') })).reason).toBe('TopologyBudgetExhausted')
    expect(topologyFree(view({ ...limited, ledger: inZone('b') })).result).toBe('Pass')
  })

  test('a slot stands for the domain that it was claimed in, wherever its node says it is by now', () => {
    const moved = { node: { name: 'node-1', labels: { zone: 'b' }, class: 'Fault' as const }, runUID: 'me' }
    const held = ledger({ slots: [slot('x', { domains: [{ topologyKey: 'zone', value: 'a' }] })] })
    expect(topologyFree(view({ ...limited, ...moved, ledger: held })).result).toBe('Pass')
    expect(topologyFree(view({ ...limited, ledger: held })).reason).toBe('TopologyBudgetExhausted')
  })

  test('a node without the label belongs to no domain that anybody knows', () => {
    const unlabelled = { node: { name: 'node-1', labels: {}, class: 'Fault' as const } }
    expect(topologyFree(view({ ...limited, ...unlabelled }))).toMatchObject({
      result: 'Unknown',
      reason: 'TopologyUnknown',
    })
  })
})

describe('RateFree', () => {
  const starts = (agoMs: number) => ({
    ledger: ledger({ starts: [start('x', agoMs)] }),
    policy: policy({ maxPerHour: 1 }),
  })

  test('a start within the hour counts, one before it does not', () => {
    expect(rateFree(view(starts(hours(1) - 1))).reason).toBe('RateExceeded')
    expect(rateFree(view(starts(hours(1)))).result).toBe('Pass')
  })

  test('a start in the future counts as inside: a clock that was set back buys nothing', () => {
    expect(rateFree(view(starts(-hours(5)))).reason).toBe('RateExceeded')
  })

  test('a limit of none holds although nothing has started', () => {
    const none = rateFree(view({ ledger: ledger({}), policy: policy({ maxPerHour: 0 }) }))
    expect([none.reason, none.message]).toEqual(['RateExceeded', 'general allows no start in an hour'])
  })

  test('a run that comes back for a later rung starts nothing anew', () => {
    expect(rateFree(view({ ...starts(1), runUID: 'x' })).result).toBe('Pass')
  })
})

describe('NotPaused', () => {
  const pause = (scope: object, until?: string): RemediationPause => ({
    metadata: meta('stop'),
    spec: { scope, reason: 'drill', ...(until === undefined ? {} : { until }) },
    status: {},
    problem: undefined,
  })

  test.each([
    [{ everything: {} }, 'GloballyPaused'],
    [{ policyName: 'general' }, 'PolicyPaused'],
    [{ nodeName: 'node-1' }, 'NodePaused'],
    [{ policyName: 'another' }, 'NotPaused'],
    [{ nodeName: 'node-2' }, 'NotPaused'],
  ])('%j answers %s', (scope, reason) => {
    expect(notPaused(view({ pauses: [pause(scope)] })).reason).toBe(reason)
  })

  test('past its end it has no effect; one whose end cannot be read is in force', () => {
    expect(notPaused(view({ pauses: [pause({ everything: {} }, rfc3339(later(now, -1)))] })).result).toBe('Pass')
    expect(notPaused(view({ pauses: [pause({ everything: {} }, 'soon')] })).result).toBe('Hold')
  })
})
