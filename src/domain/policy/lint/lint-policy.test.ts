import { expect, test } from 'vitest'
import type { JsonObject } from '../../../kernel/json.ts'
import { policySpec } from '../prepared-policy.fixture.ts'
import { lintPolicy } from './lint-policy.ts'

const polls = { alert: 15, lease: 10 }
const reboot = { name: 'reboot', reboot: {} }
const condition = (name: string, type = 'KernelDeadlock', more: JsonObject = {}): JsonObject => ({
  name,
  nodeCondition: { type, status: 'True' },
  ...more,
})
const diagnosis = (name: string, when: string, more: JsonObject = {}): JsonObject => ({
  name,
  class: 'Fault',
  when,
  treatments: ['power-cycle'],
  ...more,
})
const found = (spec: JsonObject) =>
  lintPolicy(policySpec(spec), polls).map(({ rule, field, message }) => `${rule} ${field} ${message}`)
const tree = (whens: readonly string[], holds: Readonly<Record<string, number>> = {}) => ({
  signals: ['a', 'b', 'c'].map((name) => condition(name, 'KernelDeadlock', { holdSeconds: holds[name] ?? 0 })),
  diagnoses: [...whens, 'a || b || c'].map((when, index) => diagnosis(`d${index}`, when)),
})
const unreachable = (whens: readonly string[], holds: Readonly<Record<string, number>> = {}) =>
  lintPolicy(policySpec(tree(whens, holds)), polls)
    .filter(({ rule }) => rule === 'unreachable-diagnosis')
    .map(({ message }) => message)

test('the ordinary policy is clean', () => {
  expect(found({})).toEqual([])
})

test.each<readonly [string, JsonObject, string]>([
  [
    'a condition that nobody writes',
    { signals: [condition('kernelDeadlock', 'KernelDeadlok')] },
    "unknown-condition spec.signals[0].nodeCondition.type nobody is known to write the condition 'KernelDeadlok'; did",
  ],
  [
    'a status that means health',
    { signals: [condition('kernelDeadlock', 'KernelReady')] },
    "healthy-status spec.signals[0].nodeCondition.status 'True' of KernelReady does not mean trouble",
  ],
  [
    'a signal that no diagnosis reads',
    { signals: [condition('kernelDeadlock'), condition('other')] },
    "unread-signal spec.signals[1] no diagnosis reads the signal 'other'",
  ],
  [
    'a hold that is over before the next answer',
    {
      signals: [
        { name: 'kernelDeadlock', alert: { name: 'Hang' }, holdSeconds: 10, clearedWhen: { healthCheck: 'Kubelet' } },
      ],
    },
    'short-hold spec.signals[0].holdSeconds 10s is over before `alert` is asked again (every 15s)',
  ],
  [
    'evidence that is old before the next answer',
    { signals: [{ name: 'kernelDeadlock', alert: { name: 'Hang' }, freshnessSeconds: 5 }] },
    'short-freshness spec.signals[0].freshnessSeconds 5s is less than',
  ],
  [
    'a number of what measures nothing',
    { diagnoses: [diagnosis('d', 'kernelDeadlock && value.kernelDeadlock > 1 && rate.kernelDeadlock > 1')] },
    'unmeasured-signal spec.diagnoses[0].when `value.kernelDeadlock` is never known: `nodeCondition` measures nothing',
  ],
  [
    'a rung that could never be verified',
    { treatments: [{ name: 'power-cycle', powerCycle: {}, verification: { stableSeconds: 900 } }] },
    "endless-rung spec.treatments[0].verification 'power-cycle' could never be verified: stable for 900s within 600s",
  ],
  [
    'a ladder that no silent kubelet could climb',
    {
      signals: [{ name: 'silent', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
      diagnoses: [diagnosis('node-dead', 'silent', { treatments: ['reboot'] })],
      treatments: [reboot],
    },
    "unreachable-node spec.diagnoses[0].treatments 'node-dead' stands while the kubelet is silent",
  ],
  [
    'a boot against load',
    { diagnoses: [diagnosis('busy', 'kernelDeadlock', { class: 'Load' })] },
    "idle-rung spec.diagnoses[0].treatments 'power-cycle' boots a node that is busy and not ill",
  ],
  ['what the operator would refuse', { diagnoses: [diagnosis('d', 'kernl')] }, 'PolicyInvalid spec.diagnoses[0].when'],
])('%s is found', (_, spec, expected) => {
  expect(found(spec).filter((finding) => finding.startsWith(expected))).toHaveLength(1)
})

test.each<readonly [readonly string[], string]>([
  [['a', 'a && b'], "'d1' can never be reached: whenever it matches, 'd0' before it does"],
  [['a', 'b', 'a && c || b'], "'d2' can never be reached: whenever it matches, 'd1' or 'd0' before it does"],
  [['a', 'a && node.labels["pool"] == "gpu"'], "'d1' can never be reached"],
  [['a && !a'], "'d0' can never match: no state of its signals makes it True"],
  [['node.labels["pool"] == "gpu"'], "'d0' reads no signal, so it can never match"],
])('after %j the last is dead', (whens, expected) => {
  expect(unreachable(whens)).toEqual([expect.stringContaining(expected)])
})

test.each([
  [['a && b', 'a']],
  [['a && node.labels["pool"] == "gpu"', 'a']],
  [['a && value.b > 3', 'a']],
  [['a', 'b && c']],
])('%j leaves each its cases', (whens) => {
  expect(unreachable(whens)).toEqual([])
})

test('one that waits longer lets a later one count meanwhile', () => {
  expect(unreachable(['a || b', 'a'])).toHaveLength(1)
  expect(unreachable(['a || b', 'a'], { b: 300 })).toEqual([])
  expect(unreachable(['a || b', 'a'], { a: 300 })).toHaveLength(1)
})
