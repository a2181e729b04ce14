import { expect, test } from 'vitest'
import { type Pod, podKind } from '../../api/core/pod.ts'
import { type RunSpec, runSpecSchema } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import {
  after,
  alertFor,
  alertsKnown,
  alertsUnavailable,
  type ConditionText,
  monoAfter,
  nodeWith,
  sourcesWith,
} from './evidence.fixture.ts'
import { judgeCause, judgeCleared, type LiveEvidence } from './live-cause.ts'

type Cause = RunSpec['cause']

const deadlock = { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }
const saturated = { name: 'cpuSaturated', alert: { name: 'NodeCPUSaturated' } }
const silent = { name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' } }
const pressure = { name: 'diskPressure', nodeCondition: { type: 'DiskPressure', status: 'True' } }

const causeOf = (when: string, ...signals: readonly JsonObject[]): Cause =>
  runSpecSchema.shape.cause.parse({
    diagnosis: 'x',
    class: 'Fault',
    episode: 'e',
    when,
    signals,
    message: 'm',
    detectedTime: '2026-11-21T11:59:00Z',
  })

const evidence = (conditions: readonly ConditionText[], more: Partial<LiveEvidence> = {}): LiveEvidence => ({
  node: nodeWith(conditions),
  bootChanged: false,
  sources: sourcesWith(),
  now: after(60),
  mono: monoAfter(60),
  ...more,
})

const hung: ConditionText = { type: 'KernelDeadlock', status: 'True', reason: 'VitalTaskHung' }

test('the cause stands while its condition does', () => {
  expect(judgeCause(causeOf('kernelDeadlock', deadlock), evidence([hung]))).toEqual({
    verdict: 'True',
    message: '`kernelDeadlock` is True; kernelDeadlock: condition KernelDeadlock is True (VitalTaskHung)',
  })
})

test('the cause is gone when its condition says so', () => {
  expect(judgeCause(causeOf('kernelDeadlock', deadlock), evidence([])).verdict).toBe('False')
})

test('a condition that nobody reports any more is Unknown, not recovery', () => {
  const gone = evidence([{ type: 'KernelDeadlock', status: 'Unknown' }])
  expect(judgeCause(causeOf('kernelDeadlock', deadlock), gone).verdict).toBe('Unknown')
  expect(judgeCause(causeOf('diskPressure', pressure), evidence([])).verdict).toBe('Unknown')
})

test('Ready Unknown is the word of the control plane, and any other status is the end of the silence', () => {
  const cause = causeOf('kubeletSilent', silent)
  expect(judgeCause(cause, evidence([{ type: 'Ready', status: 'Unknown' }])).verdict).toBe('True')
  expect(judgeCause(cause, evidence([{ type: 'Ready', status: 'False' }])).verdict).toBe('False')
})

test('an alert stands as long as Alertmanager lists it, and is Unknown when that cannot be asked or is old', () => {
  const cause = causeOf('cpuSaturated', saturated)
  const firing = [alertFor({})]
  expect(judgeCause(cause, evidence([], { sources: sourcesWith({ alerts: alertsKnown(firing) }) })).verdict).toBe(
    'True',
  )
  expect(judgeCause(cause, evidence([], { sources: sourcesWith({ alerts: alertsKnown() }) })).verdict).toBe('False')
  expect(judgeCause(cause, evidence([], { sources: sourcesWith({ alerts: alertsUnavailable() }) })).verdict).toBe(
    'Unknown',
  )
  expect(judgeCause(cause, evidence([], { sources: sourcesWith({ alerts: alertsUnavailable(firing) }) })).verdict).toBe(
    'True',
  )
  expect(judgeCause(cause, evidence([], { sources: sourcesWith({ alerts: alertsKnown(firing, -200) }) })).verdict).toBe(
    'Unknown',
  )
})

test('what a person asked for has no cause to judge', () => {
  expect(judgeCause(causeOf(''), evidence([])).verdict).toBe('True')
})

const treatedAt = after(30)
const cleared = (cause: Cause, seen: LiveEvidence) =>
  judgeCleared(cause, seen, treatedAt).map((answer) => answer.cleared)

test('a condition clears by newer evidence only', () => {
  const cause = causeOf('diskPressure', pressure)
  expect(cleared(cause, evidence([{ type: 'DiskPressure', status: 'False', heartbeat: 29, transition: 29 }]))).toEqual([
    false,
  ])
  expect(cleared(cause, evidence([{ type: 'DiskPressure', status: 'False', heartbeat: 31 }]))).toEqual([true])
  expect(cleared(cause, evidence([{ type: 'DiskPressure', status: 'False', transition: 31 }]))).toEqual([true])
  expect(cleared(cause, evidence([{ type: 'DiskPressure', status: 'False' }], { bootChanged: true }))).toEqual([true])
  expect(cleared(cause, evidence([{ type: 'DiskPressure', status: 'True', heartbeat: 31 }]))).toEqual([false])
  expect(cleared(cause, evidence([{ type: 'DiskPressure', status: 'Unknown', heartbeat: 31 }]))).toEqual([false])
  expect(cleared(cause, evidence([]))).toEqual([false])
})

test('a latched condition clears by a boot, however fresh its heartbeat', () => {
  const cause = causeOf('kernelDeadlock', deadlock)
  const calm: ConditionText = { type: 'KernelDeadlock', status: 'False', heartbeat: 50, transition: 50 }
  expect(cleared(cause, evidence([calm]))).toEqual([false])
  expect(cleared(cause, evidence([calm], { bootChanged: true }))).toEqual([true])
  expect(cleared(cause, evidence([hung], { bootChanged: true }))).toEqual([false])
})

test('a latched condition clears by the check that the policy names', () => {
  const cause = causeOf('kernelDeadlock', { ...deadlock, clearedWhen: { healthCheck: 'Kubelet' } })
  expect(cleared(cause, evidence([hung, { type: 'Ready', status: 'True', heartbeat: 31 }]))).toEqual([true])
  expect(cleared(cause, evidence([hung, { type: 'Ready', status: 'True', heartbeat: 29 }]))).toEqual([false])
  expect(cleared(cause, evidence([hung, { type: 'Ready', status: 'False', heartbeat: 31 }]))).toEqual([false])
})

test('an alert never clears by falling silent; with a check it clears once Alertmanager was heard since', () => {
  const ready: ConditionText = { type: 'Ready', status: 'True', heartbeat: 31 }
  const bare = causeOf('cpuSaturated', saturated)
  const checked = causeOf('cpuSaturated', { ...saturated, clearedWhen: { healthCheck: 'Kubelet' } })
  expect(cleared(bare, evidence([ready], { sources: sourcesWith({ alerts: alertsKnown([], 40) }) }))).toEqual([false])
  expect(cleared(checked, evidence([ready], { sources: sourcesWith({ alerts: alertsKnown([], 40) }) }))).toEqual([true])
  expect(cleared(checked, evidence([ready], { sources: sourcesWith({ alerts: alertsKnown([], 20) }) }))).toEqual([
    false,
  ])
  expect(
    cleared(checked, evidence([ready], { sources: sourcesWith({ alerts: alertsKnown([alertFor({})], 40) }) })),
  ).toEqual([false])
  expect(cleared(checked, evidence([ready], { sources: sourcesWith({ alerts: alertsUnavailable() }) }))).toEqual([
    false,
  ])
})

const daemonPod = (ready: string) =>
  podKind.project({
    metadata: { name: 'cni-x', namespace: 'kube-system', ownerReferences: [{ kind: 'DaemonSet', controller: true }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
  })

const leaving = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: '2026-11-21T12:00:00Z' },
})

const unavailable = (status: string): ConditionText => ({ type: 'NetworkUnavailable', status })
const running = { pods: [daemonPod('True')] }

test.each<{
  check: string
  more?: { pods: LiveEvidence['pods'] & object }
  condition?: ConditionText
  passes: boolean
}>([
  { check: 'Runtime', more: running, passes: true },
  { check: 'Runtime', more: { pods: [daemonPod('False')] }, passes: false },
  { check: 'Runtime', more: { pods: [{ ...daemonPod('False'), phase: 'Failed' }] }, passes: true },
  { check: 'Runtime', more: { pods: [leaving(daemonPod('False'))] }, passes: true },
  { check: 'Runtime', passes: false },
  { check: 'Network', more: running, condition: unavailable('False'), passes: true },
  { check: 'Network', more: running, condition: unavailable('True'), passes: false },
  { check: 'Network', more: running, condition: { type: 'NetworkingReady', status: 'False' }, passes: false },
  { check: 'Kubelet', passes: true },
])('the check $check looks at conditions and DaemonSet pods: $passes', ({ check, more, condition, passes }) => {
  const cause = causeOf('diskPressure', { ...pressure, clearedWhen: { healthCheck: check } })
  const ready: ConditionText = { type: 'Ready', status: 'True', heartbeat: 31 }
  expect(cleared(cause, evidence(condition === undefined ? [ready] : [ready, condition], more))).toEqual([passes])
})

test('the answer names the rule, its newest evidence and the time of the treatment', () => {
  const stale = evidence([{ type: 'DiskPressure', status: 'False', heartbeat: 29, transition: 12 }])
  expect(judgeCleared(causeOf('diskPressure', pressure), stale, treatedAt)[0]?.message).toBe(
    'condition DiskPressure is False as of 2026-11-21T12:00:29.000Z, which is no evidence from after the treatment; ' +
      'treated at 2026-11-21T12:00:30.000Z',
  )
})
