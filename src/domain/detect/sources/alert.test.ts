import { expect, test } from 'vitest'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { changesInMs, claimOf } from '../claim.ts'
import { after, alertFor, alertsKnown, monoAfter } from '../evidence.fixture.ts'
import { nodeNameOf } from './alert.ts'
import { look } from './look.fixture.ts'

test.each([
  [{ node: 'node-1', instance: '10.0.0.9:8080' }, 'node-1'],
  [{ node: undefined, nodename: 'node-2', instance: 'node-3:9100' }, 'node-2'],
  [{ node: undefined, instance: 'node-3:9100' }, 'node-3'],
  [{ node: undefined, instance: 'node-3' }, 'node-3'],
  [{ node: undefined }, undefined],
  [{ node: '' }, undefined],
])('%j names %s', (labels, expected) => {
  const alert = alertFor({})
  const entries = Object.entries({ ...alert.labels, ...labels }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  expect(nodeNameOf({ ...alert, labels: Object.fromEntries(entries) })).toBe(expected)
})

const signal: Signal = signalSchema.parse({
  name: 'cpuSaturated',
  alert: { name: 'NodeCPUSaturated', labels: { severity: 'page' } },
})
const stateOf = (labels: Readonly<Record<string, string>>) =>
  claimOf(signal, look({}, { alerts: alertsKnown([alertFor(labels)]) })).state

test('name, labels and node must all fit', () => {
  expect(stateOf({ severity: 'page' })).toBe('True')
  expect(stateOf({ severity: 'info' })).toBe('False')
  expect(stateOf({ severity: 'page', node: 'node-2' })).toBe('False')
  expect(stateOf({ severity: 'page', alertname: 'Other' })).toBe('False')
})

test('an alert that may be about this node or another is neither trouble nor health of both, and nothing to all others', () => {
  const twins = { ...alertFor({ severity: 'page', node: 'node' }), about: ['node-1', 'node-2'] }
  const alerts = alertsKnown([twins])
  expect(claimOf(signal, look({}, { alerts }))).toMatchObject({
    state: 'Unknown',
    message: 'alert NodeCPUSaturated fires for one of node-1, node-2, and its labels do not tell for which',
  })
  const others = alertsKnown([{ ...twins, about: ['node-2', 'node-3'] }])
  expect(claimOf(signal, look({}, { alerts: others })).state).toBe('False')
  const sure = alertsKnown([twins, { ...twins, about: ['node-1'] }])
  expect(claimOf(signal, look({}, { alerts: sure })).state).toBe('True')
})

test('an alert is about the node that was found for it, whatever its labels say', () => {
  const found = alertsKnown([{ ...alertFor({ severity: 'page', node: 'short' }), about: ['node-1'] }])
  expect(claimOf(signal, look({}, { alerts: found })).state).toBe('True')
  const none = alertsKnown([{ ...alertFor({ severity: 'page', node: 'node-1' }), about: [] }])
  expect(claimOf(signal, look({}, { alerts: none })).state).toBe('False')
})

test('a silenced alert fires', () => {
  const alerts = alertsKnown([alertFor({ severity: 'page' }, { state: 'suppressed' })])
  expect(claimOf(signal, look({}, { alerts })).state).toBe('True')
})

test('an alert that its Prometheus did not send again is neither trouble nor health', () => {
  const lapsing = alertFor({ severity: 'page' }, { endsAt: after(240), lapsesMono: monoAfter(240) })
  const seen = (second: number) => look({ mono: monoAfter(second) }, { alerts: alertsKnown([lapsing], second) })
  expect(claimOf(signal, seen(239)).state).toBe('True')
  expect(changesInMs(signal, seen(239))).toBe(1_000)
  expect(claimOf(signal, seen(240))).toMatchObject({
    state: 'Unknown',
    reason: 'SignalStale',
    message:
      'alert NodeCPUSaturated was last sent at 2026-11-21T12:00:00.000Z, and not again by 2026-11-21T12:04:00.000Z',
  })
  expect(changesInMs(signal, seen(240))).toBeUndefined()
})

test('of two Alertmanagers the one that heard of the alert lately counts', () => {
  const [old, young] = [240, 300].map((second) => alertFor({ severity: 'page' }, { lapsesMono: monoAfter(second) }))
  const alerts = alertsKnown([old ?? alertFor({}), young ?? alertFor({})], 250)
  expect(claimOf(signal, look({ mono: monoAfter(250) }, { alerts })).state).toBe('True')
})

test('a limit of its own is told of when it is over, and looked at again while it is: nobody tells of the same answer', () => {
  const own: Signal = { ...signal, freshnessSeconds: 45 }
  const alerts = alertsKnown([], 0)
  const at = (second: number) => look({ now: after(second), mono: monoAfter(second) }, { alerts })
  expect(claimOf(own, at(45)).state).toBe('False')
  expect(changesInMs(own, at(40))).toBe(5_001)
  expect(claimOf(own, at(46)).reason).toBe('SignalStale')
  expect(changesInMs(own, at(46))).toBe(15_000)
  expect(changesInMs(signal, at(46))).toBeUndefined()
})
