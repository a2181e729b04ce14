import { expect, test } from 'vitest'
import { allowedServices } from '../../api/node-services.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { policySpec } from './prepared-policy.fixture.ts'
import { describeIssue, validatePolicy } from './validate-policy.ts'

const issuesOf = (spec: JsonObject) =>
  validatePolicy(policySpec(spec), allowedServices()).map((issue) => `${issue.reason} ${describeIssue(issue)}`)

const ladder = (...treatments: readonly string[]) => [
  { name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments },
]
const alert = { name: 'kernelDeadlock', alert: { name: 'KernelHang' } }
const condition = (type: string, more: JsonObject = {}) => ({
  name: 'kernelDeadlock',
  nodeCondition: { type, status: 'True' },
  ...more,
})

test('the ordinary policy has no issues', () => {
  expect(issuesOf({})).toEqual([])
})

test('a signal of a source that only a newer release knows is refused', () => {
  expect(issuesOf({ signals: [{ name: 'kernelDeadlock', tarot: { card: 'Tower' } }] })).toEqual([
    expect.stringContaining(
      'PolicyInvalid spec.signals[0] is not available in this version; available: `nodeCondition`',
    ),
  ])
})

test.each<readonly [string, JsonObject, string]>([
  [
    'a when that does not parse',
    { diagnoses: [{ ...ladder('power-cycle')[0], when: 'kernelDeadlock &&' }] },
    'PolicyInvalid spec.diagnoses[0].when `kernelDeadlock &&` is no CEL expression',
  ],
  [
    'a signal that does not exist',
    { diagnoses: [{ ...ladder('power-cycle')[0], when: 'kernelHang' }] },
    "PolicyInvalid spec.diagnoses[0].when `kernelHang` names 'kernelHang', which is neither",
  ],
  [
    'a rung that does not exist',
    { diagnoses: ladder('power-cycle', 'reboot') },
    "PolicyInvalid spec.diagnoses[0].treatments[1] names 'reboot', which is no rung of `treatments` (known: power-cycle)",
  ],
  [
    'a rung twice',
    { diagnoses: ladder('power-cycle', 'power-cycle') },
    "PolicyInvalid spec.diagnoses[0].treatments[1] names 'power-cycle' a second time",
  ],
  [
    'a quarantine before another rung',
    {
      diagnoses: ladder('keep', 'power-cycle'),
      treatments: [
        { name: 'keep', quarantine: {} },
        { name: 'power-cycle', powerCycle: {} },
      ],
    },
    "PolicyInvalid spec.diagnoses[0].treatments[0] names 'keep', which quarantines and must be the last rung",
  ],
  [
    'a service that nobody allowed',
    { treatments: [{ name: 'power-cycle', restartService: { name: 'sshd' } }] },
    "PolicyInvalid spec.treatments[0].restartService.name 'sshd' may not be restarted; allowed: kubelet, containerd, ",
  ],
  [
    'relieve',
    { treatments: [{ name: 'power-cycle', relieve: { load: { expr: 'x > 0.9' }, below: 0.5 } }] },
    'PolicyInvalid spec.treatments[0].relieve.load.expr `x > 0.9` compares: write the load itself',
  ],
  [
    'external',
    { treatments: [{ name: 'power-cycle', external: { templateName: 'x' } }] },
    'PolicyInvalid spec.treatments[0].external is not available in this version',
  ],
  [
    'Cluster API',
    { treatments: [{ name: 'power-cycle', replace: { provider: 'ClusterAPI' } }] },
    "PolicyInvalid spec.treatments[0].replace.provider is not available in this version; available: 'Karpenter'",
  ],
  [
    'surge',
    { treatments: [{ name: 'power-cycle', replace: { provider: 'Karpenter', surge: true } }] },
    'PolicyInvalid spec.treatments[0].replace.surge is not available in this version',
  ],
  [
    'a maintenance window',
    { maintenanceWindows: [{ schedule: '61 2 * * *', durationSeconds: 60 }] },
    "PolicyInvalid spec.maintenanceWindows[0].schedule '61 2 * * *' is no cron expression: Invalid value for minute: 61",
  ],
  [
    'a freeze',
    { freezes: [{ startTime: '2026-01-02T00:00:00Z', endTime: '2026-01-01T00:00:00Z', reason: 'x' }] },
    'PolicyInvalid spec.freezes[0].endTime 2026-01-01T00:00:00Z must be later than `startTime` 2026-01-02T00:00:00Z',
  ],
  [
    'an alert before a power cycle',
    { signals: [alert] },
    "ClearingUndefined spec.signals[0] 'kernelDeadlock' falls silent for reasons other than recovery",
  ],
  [
    'a query whose silence would be Unknown before a power cycle',
    { signals: [{ name: 'kernelDeadlock', query: { expr: 'node_hung_tasks' } }] },
    "ClearingUndefined spec.signals[0] 'kernelDeadlock' has neither a threshold nor `absentMeans: False`",
  ],
  [
    'a latched condition before an in-place rung',
    { treatments: [{ name: 'power-cycle', restartService: { name: 'kubelet' } }] },
    "ClearingUndefined spec.signals[0] 'kernelDeadlock' latches until the node boots",
  ],
])('%s is refused with its field and what is allowed', (_, spec, expected) => {
  expect(issuesOf(spec).filter((issue) => issue.startsWith(expected))).toHaveLength(1)
})

test('who does not know the list of the operator judges no service by it', () => {
  const spec = policySpec({
    signals: [condition('DiskPressure')],
    treatments: [{ name: 'power-cycle', restartService: { name: 'our-agent' } }],
  })
  expect(validatePolicy(spec)).toEqual([])
  expect(validatePolicy(spec, allowedServices([{ name: 'our-agent' }]))).toEqual([])
})

test('an alert that says how it clears may precede a power cycle', () => {
  expect(issuesOf({ signals: [{ ...alert, clearedWhen: { healthCheck: 'Kubelet' } }] })).toEqual([])
})

test.each([
  { alert: { name: 'KernelHang', clearedBy: 'RuleEvaluation' } },
  { query: { expr: 'node_hung_tasks > 0' } },
  { query: { expr: 'node_hung_tasks', above: 0 } },
  { query: { expr: 'node_hung_tasks', absentMeans: 'False' } },
  { query: { expr: 'node_hung_tasks' }, clearedWhen: { healthCheck: 'Kubelet' } },
  { query: { expr: 'node_hung_tasks > bool 0', above: 0 } },
])('%j may precede a power cycle', (signal) => {
  expect(issuesOf({ signals: [{ name: 'kernelDeadlock', ...signal }] })).toEqual([])
})

test('an alert needs nothing where the node does not stay', () => {
  expect(
    issuesOf({ signals: [alert], treatments: [{ name: 'power-cycle', replace: { provider: 'Karpenter' } }] }),
  ).toEqual([])
})

test('a condition that does not latch may precede any rung', () => {
  const issues = issuesOf({ signals: [condition('DiskPressure')], treatments: [{ name: 'power-cycle', freeDisk: {} }] })
  expect(issues.filter((issue) => issue.startsWith('ClearingUndefined'))).toEqual([])
})

test('a signal that the diagnosis does not read needs no clearing', () => {
  expect(issuesOf({ signals: [condition('KernelDeadlock'), { ...alert, name: 'hint' }] })).toEqual([])
})

test.each<readonly [string, JsonObject, string]>([
  [
    'a pattern that only a backtracking engine could follow',
    { nodeEvent: { reason: 'x', count: 1, windowSeconds: 1, messageMatches: '(?=x)' } },
    "PolicyInvalid spec.signals[0].nodeEvent.messageMatches '(?=x)' is no regular expression of RE2",
  ],
  [
    'PromQL that does not parse',
    { query: { expr: 'rate(errors[5m]) >' } },
    'PolicyInvalid spec.signals[0].query.expr `rate(errors[5m]) >` is no PromQL: ends too early at line 1, column 19',
  ],
  [
    'PromQL that yields a number',
    { query: { expr: 'scalar(up)' } },
    'PolicyInvalid spec.signals[0].query.expr `scalar(up)` yields a scalar',
  ],
  [
    'a threshold that is left before it is entered',
    { query: { expr: 'load', above: 1, leavesAt: 2 } },
    'PolicyInvalid spec.signals[0].query.leavesAt 2 must be at most `above` 1',
  ],
  [
    'a little that is left before it is entered',
    { query: { expr: 'free', below: 2, leavesAt: 1 } },
    'PolicyInvalid spec.signals[0].query.leavesAt 1 must be at least `below` 2',
  ],
  [
    'a comparison that is left before it is entered',
    { query: { expr: '(load > 1)', leavesAt: 2 } },
    'PolicyInvalid spec.signals[0].query.leavesAt 2 must be at most the 1 of its comparison',
  ],
  [
    'a little by comparison that is left before it is entered',
    { query: { expr: 'free <= 2', leavesAt: 1 } },
    'PolicyInvalid spec.signals[0].query.leavesAt 1 must be at least the 2 of its comparison',
  ],
  [
    'a comparison that every node answers, with 0 or 1',
    { query: { expr: '(load > bool 1)', absentMeans: 'False' } },
    'PolicyInvalid spec.signals[0].query.expr `(load > bool 1)` has a series for every node, with 0 or 1, and a series is trouble',
  ],
  [
    'a step longer than its window',
    { query: { expr: 'load', above: 1, range: { windowSeconds: 10, stepSeconds: 11 } } },
    'PolicyInvalid spec.signals[0].query.range.stepSeconds 11 must be at most `windowSeconds` 10',
  ],
  [
    'samples of a source that is not polled',
    { nodeCondition: { type: 'Ready', status: 'False' }, samples: { atLeast: 2, of: 3 } },
    'PolicyInvalid spec.signals[0].samples counts answers of a source that is polled: only',
  ],
])('%s is refused', (_, more, expected) => {
  expect(issuesOf({ signals: [{ name: 'kernelDeadlock', ...more }] }).join()).toContain(expected)
})
