import { expect, test } from 'vitest'
import { identities } from '../../control-plane/identities.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import {
  type Affected,
  controlCheck,
  lineOf,
  type Outcome,
  outcomeCheck,
  quietChecks,
  saidUnknownAt,
  sameHoldCheck,
  stillSickChecks,
  watchedCheck,
  webhookCheck,
} from './judge.ts'

const affected = (unknownAt: number | undefined, node = 'query-sick'): Affected => ({
  node,
  signal: 'memoryByQuery',
  unknownAt,
  reason: 'SourceUnavailable',
})
const outcome = (seen: Partial<Outcome> = {}): Outcome => ({
  name: 'prometheus-stopped',
  what: 'Prometheus is stopped',
  failedAt: 1_000,
  limitSeconds: 8,
  affected: [affected(6_500)],
  holdOver: 16_000,
  watchedUntil: 19_000,
  ...seen,
})

test('a failure is told in one line', () => {
  expect(lineOf(outcome({ affected: [affected(6_500), { node: 'n', signal: 's', unknownAt: undefined }] }))).toBe(
    'Prometheus is stopped → memoryByQuery of query-sick Unknown +5.50 s (SourceUnavailable), s of n Unknown never',
  )
})

test.each([
  ['in time', {}, true],
  ['at the limit', { affected: [affected(9_000)] }, true],
  ['one of two too late', { affected: [affected(6_500), affected(9_001, 'query-well')] }, false],
  ['one of two never', { affected: [affected(6_500), affected(undefined, 'query-well')] }, false],
  ['nobody looked', { affected: [] }, false],
  ['it broke off', { problem: 'no answer' }, false],
])('Unknown %s', (_what, seen, holds) => {
  expect(outcomeCheck(outcome(seen)).holds).toBe(holds)
})

test('to have looked away before the hold was over proves nothing', () => {
  expect(watchedCheck([outcome()]).holds).toBe(true)
  expect(watchedCheck([outcome(), outcome({ watchedUntil: 16_000 })]).holds).toBe(false)
  expect(watchedCheck([outcome({ watchedUntil: Number.NaN })]).holds).toBe(false)
  expect(watchedCheck([outcome({ holdOver: undefined })]).holds).toBe(false)
})

test('one alert from two sources has a hold that ends no sooner', () => {
  const held = (...holds: readonly string[]) => outcome({ stillSick: { allowed: ['True'], states: ['True'], holds } })
  expect(sameHoldCheck([outcome(), held('12:00')]).holds).toBe(true)
  expect(sameHoldCheck([held('12:00', '12:01')]).holds).toBe(true)
  expect(sameHoldCheck([held('12:00', '11:59')]).holds).toBe(false)
  expect(sameHoldCheck([held()]).holds).toBe(false)
  expect(sameHoldCheck([outcome()]).holds).toBe(false)
})

test('of a node that is sick all along nothing else is said, for as long as it takes to doubt everything', () => {
  const holds = (states: readonly string[], seen: Partial<Outcome> = {}) =>
    stillSickChecks([outcome(), outcome({ stillSick: { allowed: ['True'], states, holds: ['12:00'] }, ...seen })]).map(
      (check) => check.holds,
    )
  expect(holds(['True'])).toEqual([true])
  expect(holds(['True', 'Unknown'])).toEqual([false])
  expect(holds(['False'])).toEqual([false])
  expect(holds([])).toEqual([false])
  expect(holds(['True'], { watchedUntil: 8_999 })).toEqual([false])
  expect(holds(['True'], { watchedUntil: Number.NaN })).toEqual([false])
})

test('webhooks must have been truncated, and repeated', () => {
  expect(webhookCheck({ truncated: 1, repeated: 1 }).holds).toBe(true)
  expect(webhookCheck({ truncated: 0, repeated: 9 }).holds).toBe(false)
  expect(webhookCheck({ truncated: 9, repeated: 0 }).holds).toBe(false)
})

const { user } = identities.operator
const broken = (entries: Parameters<typeof auditEntry>[0][]) =>
  quietChecks(entries.map((entry) => auditEntry({ user, ...entry })))
    .filter(({ holds }) => !holds)
    .map(({ sentence }) => sentence)

test('our own words about nodes are no treatment, a run is one, refused or not', () => {
  expect(broken([{ verb: 'patch', resource: 'nodehealths' }])).toEqual([])
  expect(broken([{ verb: 'create', resource: 'noderemediations', code: 409 }])).toEqual([
    'no treatment was started, by the audit log',
  ])
  expect(broken([{ verb: 'create', resource: 'noderemediations', user: 'admin' }])).toEqual([])
  expect(broken([{ verb: 'patch', resource: 'nodes', name: 'query-sick' }])).toEqual(['no node was touched'])
})

const said = (at: number, { state = 'Unknown', node = 'query-sick', code = 200 } = {}) =>
  auditEntry({
    user,
    at,
    verb: 'patch',
    resource: 'nodehealths',
    name: node,
    code,
    request: { status: { signals: [{ name: 'memoryByQuery', state }] } },
  })

test('what the operator said counts from when it asked for it to be written, whether that was granted or not', () => {
  const audit = [
    said(900),
    said(1_200, { state: 'True' }),
    said(1_300, { node: 'other' }),
    said(1_500),
    said(1_400, { code: 504 }),
  ]
  const sought = { node: 'query-sick', signal: 'memoryByQuery', since: 1_000 }
  expect(saidUnknownAt(audit, sought)).toBe(1_400)
  expect(saidUnknownAt(audit, { ...sought, since: 1_501 })).toBeUndefined()
  expect(saidUnknownAt(audit, { ...sought, signal: 'memoryByAlert' })).toBeUndefined()
})

const cordon = (at: number, name = 'query-sick') =>
  auditEntry({ user, at, verb: 'patch', resource: 'nodes', name, request: { spec: { unschedulable: true } } })

test.each([
  ['after the hold', [cordon(16_500)], true],
  ['before the hold was over', [cordon(8_000)], false],
  ['of another node', [cordon(16_500, 'query-well')], false],
  ['never', [], false],
])('a cordon %s', (_what, audit, holds) => {
  expect(controlCheck(audit, { node: 'query-sick', trueAt: 1_000, holdSeconds: 15 }).holds).toBe(holds)
})
