import { expect, test } from 'vitest'
import { ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { guardKind, guardStatusSchema } from '../../api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import { type GuardView, guardStatus } from './guard-status.ts'

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

/** The ordinary case: one sick node of ten, an empty ledger, nothing remembered yet. */
const ordinary: GuardView = {
  now: instant(0),
  guard: guard(),
  ledger: ledger(),
  runs: [],
  cluster: { kind: 'Known', share: { selected: 10, healthy: 9, faults: 1, loads: 0 } },
}

const statusOf = (unusual: Partial<GuardView>) => guardStatusSchema.parse(guardStatus({ ...ordinary, ...unusual }))
const breaker = (unusual: Partial<GuardView>) => {
  const found = statusOf(unusual).conditions.find(({ type }) => type === 'BreakerClosed')
  return `${found?.status} ${found?.reason}`
}

test('the first ledger that is seen is remembered', () => {
  expect(statusOf({})).toMatchObject({ ledgerUID: 'ledger', slots: 0 })
  expect(breaker({})).toBe('True BreakerClosed')
})

const trip = (more: JsonObject = {}) => ({
  scope: '',
  state: 'Open',
  tripID: 't1',
  tripTime: '2026-11-21T12:00:00Z',
  input: 'LedgerReplaced',
  message: 'm',
  ...more,
})

test('a ledger that came back under another UID is remembered only once it bears the trip that its coming is', () => {
  const remembering = guard({ ledgerUID: 'ledger' })
  const another = ledger({}, 'another')
  expect(statusOf({ guard: remembering, ledger: another }).ledgerUID).toBe('ledger')
  expect(breaker({ guard: remembering, ledger: another })).toBe('False BreakerOpen')
  const ofOriginal = ledger({ breakers: [trip({ ledgerUID: 'original' })] }, 'another')
  expect(statusOf({ guard: remembering, ledger: ofOriginal }).ledgerUID).toBe('ledger')
  const tripped = ledger({ breakers: [trip({ ledgerUID: 'another' })] }, 'another')
  expect(statusOf({ guard: remembering, ledger: tripped }).ledgerUID).toBe('another')
  expect(breaker({ guard: remembering, ledger: tripped })).toBe('False BreakerOpen')
  const otherTrip = ledger({ breakers: [trip({ input: 'MaxUnhealthy' })] }, 'another')
  expect(statusOf({ guard: remembering, ledger: otherTrip }).ledgerUID).toBe('ledger')
})

test('without a memory, a ledger that does not know the runs under way is a stranger', () => {
  expect(statusOf({ runs: [openRun] }).ledgerUID).toBeUndefined()
  expect(breaker({ runs: [openRun] })).toBe('False BreakerOpen')
  expect(statusOf({ runs: [openRun], ledger: ledger({ starts: [start] }) }).ledgerUID).toBe('ledger')
})

test('how many nodes there were stays written while the list is in doubt', () => {
  expect(statusOf({}).nodes).toBe(10)
  const doubtful = { kind: 'Doubtful', message: 'x', before: 10 } as const
  expect(statusOf({ cluster: doubtful }).nodes).toBe(10)
  expect(statusOf({ cluster: { kind: 'Doubtful', message: 'x' }, guard: guard({ nodes: 7 }) }).nodes).toBe(7)
  expect(breaker({ cluster: doubtful })).toBe('Unknown NodeListDoubtful')
})

test('closed, it shows the arithmetic', () => {
  const found = statusOf({}).conditions.find(({ type }) => type === 'BreakerClosed')
  expect(found?.message).toBe(
    '1 of 10 nodes of the cluster (10%) have a diagnosis of class Fault; limit 20% = 2, rounded down, never below 1',
  )
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
  const seen = trip({ state, input: 'MaxUnhealthy' })
  expect(breaker({ ledger: ledger({ breakers: [seen] }) })).toBe(`False ${reason}`)
  expect(breaker({ ledger: ledger({ breakers: [seen] }), guard: guard({}, { acknowledgedTrips: ['t1'] }) })).toBe(
    'True BreakerClosed',
  )
  expect(breaker({ ledger: ledger({ breakers: [{ ...seen, scope: 'some-policy' }] }) })).toBe('True BreakerClosed')
})
