import { expect, test } from 'vitest'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { claimOf } from '../claim.ts'
import { alertFor, alertsKnown } from '../evidence.fixture.ts'
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

test('a silenced alert fires', () => {
  const alerts = alertsKnown([alertFor({ severity: 'page' }, { state: 'suppressed' })])
  expect(claimOf(signal, look({}, { alerts })).state).toBe('True')
})
