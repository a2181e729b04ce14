import { expect, test } from 'vitest'
import { ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { guardKind, guardStatusSchema } from '../../api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import { forgottenLedger, type GuardView, guardStatus, ledgerTripID } from './guard-status.ts'

const guard = (status: JsonObject = {}, spec: JsonObject = {}) =>
  guardKind.project({ metadata: { name: 'cluster', generation: 1 }, spec, status })
const ledger = (spec: JsonObject = {}, uid = 'ledger'): GuardView['ledger'] => ({
  kind: 'Known',
  uid,
  resourceVersion: '1',
  spec: ledgerSpecSchema.parse(spec),
})
const openRun = runKind.project({
  metadata: { name: 'nr-1', uid: 'run-1' },
  status: { step: { name: 'Treating', since: '2026-11-21T12:00:00Z' }, startTime: '2026-11-21T12:00:00Z' },
})
const start = {
  runUID: 'run-1',
  runName: 'nr-1',
  policyName: 'p',
  nodeName: 'n',
  nodeUID: 'u',
  startTime: '2026-11-21T12:00:00Z',
}

const statusOf = (unusual: Partial<GuardView>) =>
  guardStatusSchema.parse(guardStatus({ now: instant(0), guard: guard(), ledger: ledger(), runs: [], ...unusual }))
const breaker = (unusual: Partial<GuardView>) => {
  const found = statusOf(unusual).conditions.find(({ type }) => type === 'BreakerClosed')
  return `${found?.status} ${found?.reason}`
}

test('the first ledger that is seen is remembered', () => {
  expect(statusOf({})).toMatchObject({ ledgerUID: 'ledger', slots: 0 })
  expect(breaker({})).toBe('True BreakerClosed')
})

test('a ledger that came back under another UID is not, until a person has acknowledged that trip', () => {
  const remembering = { ledgerUID: 'ledger' }
  const another = ledger({}, 'another')
  expect(statusOf({ guard: guard(remembering), ledger: another }).ledgerUID).toBe('ledger')
  expect(breaker({ guard: guard(remembering), ledger: another })).toBe('False BreakerOpen')
  const acknowledged = guard(remembering, { acknowledgedTrips: [ledgerTripID('another')] })
  expect(statusOf({ guard: acknowledged, ledger: another }).ledgerUID).toBe('another')
  expect(breaker({ guard: acknowledged, ledger: another })).toBe('True BreakerClosed')
})

test('without a memory, a ledger that does not know the runs under way is a stranger', () => {
  expect(statusOf({ runs: [openRun] }).ledgerUID).toBe(forgottenLedger)
  expect(breaker({ runs: [openRun] })).toBe('False BreakerOpen')
  expect(statusOf({ runs: [openRun], ledger: ledger({ starts: [start] }) }).ledgerUID).toBe('ledger')
})

test('a ledger that is missing is told, and its memory kept', () => {
  expect(statusOf({ guard: guard({ ledgerUID: 'ledger' }), ledger: { kind: 'Missing' } }).ledgerUID).toBe('ledger')
  expect(breaker({ ledger: { kind: 'Missing' } })).toBe('Unknown LedgerMissing')
  expect(breaker({ ledger: { kind: 'Unavailable', message: 'forbidden' } })).toBe('Unknown LedgerUnavailable')
})

test.each([
  ['Open', 'BreakerOpen'],
  ['Cooling', 'StormCoolingDown'],
  ['HalfOpen', 'CanaryRunning'],
])('a breaker that is %s is told', (state, reason) => {
  const trip = {
    scope: '',
    state,
    tripID: 't1',
    tripTime: '2026-11-21T12:00:00Z',
    input: 'MaxUnhealthy',
    message: '5 of 10',
  }
  expect(breaker({ ledger: ledger({ breakers: [trip] }) })).toBe(`False ${reason}`)
  expect(breaker({ ledger: ledger({ breakers: [trip] }), guard: guard({}, { acknowledgedTrips: ['t1'] }) })).toBe(
    'True BreakerClosed',
  )
  expect(breaker({ ledger: ledger({ breakers: [{ ...trip, scope: 'some-policy' }] }) })).toBe('True BreakerClosed')
})
