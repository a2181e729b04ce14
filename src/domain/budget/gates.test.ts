import { describe, expect, test } from 'vitest'
import { sharedGates } from '../../api/gates.ts'
import { meta } from '../../api/kind.fixture.ts'
import { ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { policySpecSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { hours, instant, later, rfc3339 } from '../../kernel/time.ts'
import { type BudgetView, breakerClosed, budgetFree, budgetGates, notPaused, rateFree, topologyFree } from './gates.ts'

const now = instant(1_800_000_000_000)

const policy = (limits: object = {}) =>
  policySpecSchema.parse({
    nodeSelector: { matchLabels: { a: 'b' } },
    signals: [{ name: 's', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
    diagnoses: [{ name: 'd', class: 'Fault', when: 's', treatments: ['t'] }],
    treatments: [{ name: 't', reboot: {} }],
    limits,
  })

const share = (faults: number, loads = 0) => ({ selected: 10, healthy: 10 - faults, faults, loads })

const ledger = (spec: object = {}): BudgetView['ledger'] => ({
  kind: 'Known',
  uid: 'ledger-uid',
  resourceVersion: '1',
  spec: ledgerSpecSchema.parse(spec),
})

const slot = (runUID: string, unusual: object = {}) => ({
  runUID,
  runName: runUID,
  policyName: 'general',
  nodeName: 'n',
  nodeUID: 'u',
  class: 'Fault',
  claimTime: rfc3339(now),
  ...unusual,
})

const start = (runUID: string, agoMs: number, unusual: object = {}) => ({
  ...slot(runUID),
  startTime: rfc3339(later(now, -agoMs)),
  ...unusual,
})

const view = (unusual: Partial<BudgetView> = {}): BudgetView => ({
  now,
  policyName: 'general',
  policy: policy(),
  guard: guardSpecSchema.parse({}),
  ledgerUID: 'ledger-uid',
  ledger: ledger(),
  pauses: [],
  figures: { kind: 'Known', policy: share(1), cluster: share(1) },
  node: { name: 'node-1', labels: { zone: 'a' }, class: 'Fault' },
  runUID: 'me',
  ...unusual,
})

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

describe('TopologyFree', () => {
  const limited = { policy: policy({ topologyLimits: [{ topologyKey: 'zone', maxConcurrent: 1 }] }) }
  const inZone = (value: string) => ledger({ slots: [slot('x', { domains: [{ topologyKey: 'zone', value }] })] })

  test('only slots of the same domain count', () => {
    expect(topologyFree(view({ ...limited, ledger: inZone('a') })).reason).toBe('TopologyBudgetExhausted')
    expect(topologyFree(view({ ...limited, ledger: inZone('b') })).result).toBe('Pass')
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

  test('a run that comes back for a later rung starts nothing anew', () => {
    expect(rateFree(view({ ...starts(1), runUID: 'x' })).result).toBe('Pass')
  })
})

describe('BreakerClosed', () => {
  const faults = (count: number) => ({
    figures: { kind: 'Known', policy: share(count), cluster: share(count) } as const,
  })

  test('at the limit things start, above it nothing does', () => {
    expect(breakerClosed(view(faults(2))).result).toBe('Pass')
    expect(breakerClosed(view(faults(3)))).toMatchObject({
      reason: 'TooManyUnhealthy',
      message:
        '3 of 10 nodes of general (30%) have a diagnosis of class Fault; limit 20% = 2, rounded down, never below 1',
    })
  })

  test('a busy evening never blocks the healing of dead nodes', () => {
    const busy = { figures: { kind: 'Known', policy: share(1, 9), cluster: share(1, 9) } as const }
    expect(breakerClosed(view(busy)).result).toBe('Pass')
    expect(breakerClosed(view({ ...busy, node: { name: 'n', labels: {}, class: 'Load' } })).reason).toBe(
      'TooManyUnhealthy',
    )
  })

  test('an open breaker of this policy or of the cluster holds; another policy is none of our business', () => {
    const open = (scope: string) => ({
      ledger: ledger({
        breakers: [
          { scope, state: 'Open', tripID: 'trip-1', tripTime: rfc3339(now), input: 'MaxUnhealthy', message: 'm' },
        ],
      }),
    })
    expect(breakerClosed(view(open(''))).reason).toBe('BreakerOpen')
    expect(breakerClosed(view(open('general'))).reason).toBe('BreakerOpen')
    expect(breakerClosed(view(open('another'))).result).toBe('Pass')
    const acknowledged = { guard: guardSpecSchema.parse({ acknowledgedTrips: ['trip-1'] }) }
    expect(breakerClosed(view({ ...open(''), ...acknowledged })).result).toBe('Pass')
  })

  test('a ledger under another UID has forgotten what is under way', () => {
    expect(breakerClosed(view({ ledgerUID: 'older' })).reason).toBe('BreakerOpen')
  })

  test('a list that is in doubt is neither none nor all', () => {
    expect(breakerClosed(view({ figures: { kind: 'Doubtful', message: 'x' } }))).toMatchObject({
      result: 'Unknown',
      reason: 'NodeListDoubtful',
    })
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
