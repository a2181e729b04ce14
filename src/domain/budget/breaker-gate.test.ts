import { describe, expect, test } from 'vitest'
import { type LedgerSpec, ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { breakerClosed } from './breaker-gate.ts'
import { ledger, now, policy, share, slot, start, view } from './budget-view.fixture.ts'
import type { BudgetView } from './gates.ts'
import { withoutSlot } from './ledger.ts'

const figures = (own: object, cluster: object = {}): Pick<BudgetView, 'figures'> => ({
  figures: { kind: 'Known', policy: { ...share(1), ...own }, cluster: { ...share(1), ...cluster } },
})
const breaker = (scope: string, more: object = {}) => ({
  scope,
  state: 'Open',
  tripID: 'trip-1',
  tripTime: rfc3339(now),
  input: 'MaxUnhealthy',
  message: 'm',
  figure: 3,
  ...more,
})
const listed = (scope: string, more: object = {}, spec: object = {}) =>
  view({ ledger: ledger({ breakers: [breaker(scope, more)], ...spec }) })
const acknowledged = { guard: guardSpecSchema.parse({ acknowledgedTrips: ['trip-1'] }) }

test('closed, it shows the arithmetic of both breakers', () => {
  expect(breakerClosed(view()).message).toBe(
    '1 of 10 nodes of general with a Fault, limit 2; 1 of 10 nodes of the cluster with a Fault, limit 2',
  )
})

test('at the limit things start, above it nothing does', () => {
  expect(breakerClosed(view(figures(share(2), share(2)))).result).toBe('Pass')
  expect(breakerClosed(view(figures(share(3))))).toMatchObject({
    reason: 'TooManyUnhealthy',
    message:
      '3 of 10 nodes of general (30%) have a diagnosis of class Fault; limit 20% = 2, rounded down, never below 1',
    numbers: { unhealthy: 3, selected: 10, limit: 2 },
  })
  expect(breakerClosed(view(figures({}, share(3)))).message).toContain('3 of 10 nodes of the cluster (30%)')
})

test('a busy evening never blocks the healing of dead nodes', () => {
  const busy = figures(share(1, 9), share(1, 9))
  expect(breakerClosed(view(busy)).result).toBe('Pass')
  expect(breakerClosed(view({ ...busy, node: { name: 'n', labels: {}, class: 'Load' } })).reason).toBe(
    'TooManyUnhealthy',
  )
})

test('an open breaker of this policy or of the cluster holds; another policy is none of our business', () => {
  expect(breakerClosed(listed('')).reason).toBe('BreakerOpen')
  expect(breakerClosed(listed('general')).message).toContain('the breaker of general tripped at')
  expect(breakerClosed(listed('another')).result).toBe('Pass')
})

test('a person resets that trip only, and never the limit itself', () => {
  expect(breakerClosed({ ...listed(''), ...acknowledged }).result).toBe('Pass')
  expect(breakerClosed(listed('', { state: 'Acknowledged' })).result).toBe('Pass')
  expect(breakerClosed({ ...listed('', { tripID: 'trip-2' }), ...acknowledged }).reason).toBe('BreakerOpen')
  const many = { ...listed(''), ...acknowledged, ...figures({}, share(3)) }
  expect(breakerClosed(many).reason).toBe('TooManyUnhealthy')
})

test('while it cools nothing starts, and it says until when at least', () => {
  expect(breakerClosed(listed('', { state: 'Cooling', coolingSince: rfc3339(now) }))).toMatchObject({
    reason: 'StormCoolingDown',
    message: `the breaker of the cluster (trip-1) cools; one canary may start at ${rfc3339(later(now, 900_000))}, or later`,
  })
})

describe('half open', () => {
  const halfOpen = (more: object = {}, spec: object = {}) => listed('', { state: 'HalfOpen', ...more }, spec)

  test('the next run may start as its canary, whoever it is', () => {
    expect(breakerClosed(halfOpen()).result).toBe('Pass')
  })

  test('with a canary nobody else starts, and the canary goes on', () => {
    const tried = halfOpen({ canaryRunUID: 'x' }, { slots: [slot('x')] })
    expect(breakerClosed(tried)).toMatchObject({
      reason: 'CanaryRunning',
      message: 'the breaker of the cluster (trip-1) is half open, and x tries it out as its one canary',
    })
    expect(breakerClosed({ ...tried, runUID: 'x' }).result).toBe('Pass')
    expect(breakerClosed({ ...tried, runUID: undefined }).reason).toBe('CanaryRunning')
  })

  test('a run from before the trip does not escalate as if it were the canary', () => {
    expect(breakerClosed(halfOpen({}, { slots: [slot('me')] })).reason).toBe('CanaryRunning')
  })

  test('a share above the limit stops the canary, too', () => {
    const tried = halfOpen({ canaryRunUID: 'me' }, { slots: [slot('me')] })
    expect(breakerClosed({ ...tried, ...figures({}, share(3)) }).reason).toBe('TooManyUnhealthy')
  })
})

describe('before the trip is written down', () => {
  const together = { together: { nodes: 3, message: '3 of 5 nodes of zone a are not Ready' } }
  const failed = (runUID: string, more: object = {}) =>
    start(runUID, 60_000, { endTime: rfc3339(now), verdict: 'Failed', ...more })

  test('nodes that fail together hold every start', () => {
    expect(breakerClosed(view(figures({}, together))).message).toBe(
      'the breaker of the cluster trips: 3 of 5 nodes of zone a are not Ready',
    )
    expect(breakerClosed(view(figures(together))).reason).toBe('BreakerOpen')
  })

  test('what a person has acknowledged starts again, and no more than that', () => {
    const seen = { ...listed('', { state: 'Acknowledged', input: 'CorrelatedFailures' }), ...figures({}, together) }
    expect(breakerClosed(seen).result).toBe('Pass')
    const more = { together: { nodes: 4, message: '4 of 5 nodes of zone a are not Ready' } }
    expect(breakerClosed({ ...seen, ...figures({}, more) }).reason).toBe('BreakerOpen')
  })

  test('a run that people give up long after it failed has not failed anew', () => {
    const end = (runUID: string, second: number, verdict?: 'Helped' | 'Failed') => (spec: LedgerSpec) =>
      withoutSlot(spec, runUID, { now: later(now, second), attempted: true, verdict, diagnosis: 'd' })
    const began: LedgerSpec = ledgerSpecSchema.parse({
      starts: ['a', 'b', 'c', 'd'].map((runUID) => start(runUID, 60_000)),
    })
    const three = ['a', 'b', 'c'].reduce<LedgerSpec>((spec, runUID, place) => end(runUID, place, 'Failed')(spec), began)
    expect(breakerClosed(view({ ledger: ledger(three) })).reason).toBe('BreakerOpen')
    const helped = end('d', 10, 'Helped')(three)
    const givenUp = end('a', 20)(helped)
    expect(givenUp.starts[0]).toMatchObject({ verdict: 'Failed', endTime: rfc3339(later(now, 20)) })
    expect(breakerClosed(view({ ledger: ledger(givenUp) })).result).toBe('Pass')
  })

  test('three of the last five runs that did not help, the last among them', () => {
    const starts = (...more: readonly object[]) => view({ ledger: ledger({ starts: more }) })
    const helped = (runUID: string, endTime: string) => failed(runUID, { verdict: 'Helped', endTime })
    expect(breakerClosed(starts(failed('a'), failed('b'))).result).toBe('Pass')
    expect(breakerClosed(starts(failed('a'), failed('b'), failed('c')))).toMatchObject({
      reason: 'BreakerOpen',
      message: 'the breaker of general trips: 3 of the last 3 runs of general that treated did not help: a, b, c',
    })
    const since = helped('d', rfc3339(later(now, 1)))
    expect(breakerClosed(starts(failed('a'), failed('b'), failed('c'), since)).result).toBe('Pass')
    const other = failed('c', { policyName: 'another' })
    expect(breakerClosed(starts(failed('a'), failed('b'), other)).message).toContain('the breaker of the cluster trips')
  })
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

describe('a ladder that has never helped', () => {
  const node = { name: 'node-1', labels: {}, class: 'Fault', plan: 'plan-1' } as const
  const first = { slots: [slot('x', { plan: 'plan-1' })] }

  test('its second run waits for the first', () => {
    expect(breakerClosed(view({ node }))).toMatchObject({ result: 'Pass' })
    expect(breakerClosed(view({ node, ledger: ledger(first) })).reason).toBe('CanaryRunning')
    expect(breakerClosed(view({ node, ledger: ledger(first), policy: policy({ canary: false }) })).result).toBe('Pass')
  })

  test('once it has helped, or for another ladder, nobody waits; who has a slot goes on', () => {
    const proven = [{ plan: 'plan-1', policyName: 'general', diagnosis: 'd', provenTime: rfc3339(now) }]
    expect(breakerClosed(view({ node, ledger: ledger({ ...first, proven }) })).result).toBe('Pass')
    expect(breakerClosed(view({ node: { ...node, plan: 'plan-2' }, ledger: ledger(first) })).result).toBe('Pass')
    expect(breakerClosed(view({ node, ledger: ledger(first), runUID: 'x' })).result).toBe('Pass')
  })
})
