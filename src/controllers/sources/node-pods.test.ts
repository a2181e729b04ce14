import { array, assert, constantFrom, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant, mono, rfc3339 } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeWatched } from '../watched.fixture.ts'
import { NodePods } from './node-pods.ts'
import { PodChart } from './pod-chart.ts'

const noon = Date.parse('2026-11-21T12:00:00Z')
const time = (second: number): string => rfc3339(instant(noon + second * 1_000))
const moment = (second: number) => ({ now: instant(noon + second * 1_000), mono: mono(second * 1_000) })

const podOf = (status: JsonObject, metadata: JsonObject = {}): Pod =>
  podKind.project({
    metadata: { namespace: 'shop', name: 'web', uid: 'u', ...metadata },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], ...status },
  })
const waits = (reason: string, metadata: JsonObject = {}) =>
  podOf({ containerStatuses: [{ name: 'c', state: { waiting: { reason } } }] }, metadata)
const runs = podOf({ containerStatuses: [{ name: 'c', state: { running: {} } }] })
const going = (second: number, finalizers: readonly string[] = []) =>
  podOf({}, { deletionTimestamp: time(second), finalizers })
const evictedPod = (uid: string, at?: number) => {
  const target = { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' }
  const conditions = at === undefined ? [] : [{ ...target, lastTransitionTime: time(at) }]
  return podOf({ phase: 'Failed', reason: 'Evicted', conditions }, { uid })
}

const ailing = (chart: PodChart, second: number) =>
  chart
    .ailing('node-1', mono(second * 1_000))
    .map(({ symptom, sinceMono, betterMono }) => [
      symptom,
      sinceMono / 1_000,
      betterMono === undefined ? undefined : betterMono / 1_000,
    ])

test.each([
  ['CrashLoopBackOff', 'CrashLooping'],
  ['ErrImagePull', 'ImagePullFailing'],
  ['ImagePullBackOff', 'ImagePullFailing'],
  ['ContainerCreating', 'CreatingStuck'],
  ['PodInitializing', undefined],
  ['InvalidImageName', undefined],
  ['CreateContainerConfigError', undefined],
])('a container that waits for %s is %s', (reason, symptom) => {
  expect(waits(reason).waiting).toBe(symptom)
})

test('a pod that its kubelet has not touched is stuck as well, and one without a node is not', () => {
  const conditions = [{ type: 'PodScheduled', status: 'True' }]
  expect(podOf({ phase: 'Pending', conditions }).waiting).toBe('CreatingStuck')
  expect(podKind.project({ metadata: {}, spec: {}, status: { phase: 'Pending', conditions } }).waiting).toBeUndefined()
})

test('trouble counts since it was first seen, and is over when it is', () => {
  const chart = new PodChart()
  expect(chart.note(undefined, waits('ErrImagePull'), moment(0))).toBe(true)
  expect(chart.note(undefined, waits('ImagePullBackOff'), moment(10))).toBe(false)
  expect(ailing(chart, 10)).toEqual([['ImagePullFailing', 0, undefined]])
  expect(chart.note(undefined, runs, moment(20))).toBe(true)
  expect(ailing(chart, 20)).toEqual([])
})

test('a container that crashes runs in between, and is better only', () => {
  const chart = new PodChart()
  chart.note(undefined, waits('CrashLoopBackOff'), moment(0))
  chart.note(undefined, runs, moment(30))
  chart.note(undefined, runs, moment(40))
  expect(ailing(chart, 40)).toEqual([['CrashLooping', 0, 30]])
  chart.note(undefined, waits('CrashLoopBackOff'), moment(50))
  expect(ailing(chart, 50)).toEqual([['CrashLooping', 0, undefined]])
  chart.note(undefined, runs, moment(60))
  expect(ailing(chart, 660)).toEqual([])
})

test('a pod that goes is stuck from the end of its grace, unless a finalizer holds it', () => {
  const chart = new PodChart()
  chart.note(undefined, going(30), moment(0))
  expect(ailing(chart, 0)).toEqual([['TerminatingStuck', 30, undefined]])
  expect(chart.gone(going(30))).toBe(true)
  chart.note(undefined, going(30, ['x/y']), moment(0))
  expect(ailing(chart, 0)).toEqual([])
})

test('a pod that is ill when it goes is remembered as it was, and one that was better is not', () => {
  const chart = new PodChart()
  chart.note(undefined, waits('CrashLoopBackOff'), moment(0))
  chart.note(undefined, going(30), moment(5))
  expect(ailing(chart, 5)).toEqual([
    ['CrashLooping', 0, undefined],
    ['TerminatingStuck', 30, undefined],
  ])
  chart.gone(going(30))
  expect(chart.ailing('node-1', mono(9_000))).toMatchObject([{ symptom: 'CrashLooping', isGone: true }])
  expect(ailing(chart, 90_000)).toEqual([])
  chart.note(undefined, waits('CrashLoopBackOff'), moment(90_000))
  chart.note(undefined, runs, moment(90_010))
  chart.gone(runs)
  expect(ailing(chart, 90_020)).toEqual([])
})

test('a sandbox that fails goes with a pod that is being created, and ends with it', () => {
  const chart = new PodChart()
  const creating = waits('ContainerCreating')
  chart.note(undefined, creating, moment(0))
  expect(chart.noteSandbox(creating, moment(5))).toBe(true)
  expect(chart.noteSandbox(creating, moment(9))).toBe(false)
  chart.note(undefined, creating, moment(10))
  expect(ailing(chart, 10)).toEqual([
    ['CreatingStuck', 0, undefined],
    ['SandboxFailing', 5, undefined],
  ])
  chart.note(undefined, runs, moment(20))
  expect(ailing(chart, 20)).toEqual([])
  expect(chart.noteSandbox(runs, moment(30))).toBe(false)
})

test('an eviction counts from when we saw it; one that was there before from when it says, in doubt not', () => {
  const chart = new PodChart()
  chart.note(podOf({}, { uid: 'a' }), evictedPod('a', -9_999), moment(10))
  chart.note(undefined, evictedPod('b', -60), moment(20))
  chart.note(undefined, evictedPod('c'), moment(20))
  chart.note(undefined, evictedPod('d', 9_999), moment(30))
  chart.note(undefined, evictedPod('e', -100_000), moment(30))
  expect(chart.note(undefined, evictedPod('a', -9_999), moment(40))).toBe(false)
  chart.gone(evictedPod('a'))
  expect(chart.evictions('node-1').map((at) => at / 1_000)).toEqual([-60, 10, 30])
  chart.forgetNode('node-1')
  expect(chart.evictions('node-1')).toEqual([])
})

test('whatever pods show, one has at most one trouble at a time beside its sandbox, and none when it is gone', () => {
  const reasons = ['CrashLoopBackOff', 'ErrImagePull', 'ContainerCreating', 'Running'] as const
  const looks = array(record({ reason: constantFrom(...reasons), waitS: nat(700) }), { maxLength: 30 })
  assert(
    property(looks, (drawn) => {
      const chart = new PodChart()
      let second = 0
      for (const { reason, waitS } of drawn) {
        second += waitS
        chart.note(undefined, reason === 'Running' ? runs : waits(reason), moment(second))
        const ill = ailing(chart, second).filter(([, , better]) => better === undefined)
        expect(ill).toHaveLength(reason === 'Running' ? 0 : 1)
        expect(ill.every(([, since]) => Number(since) <= second)).toBe(true)
      }
      chart.gone(runs)
      expect(chart.ailing('node-1', mono(second * 1_000)).every(({ isGone }) => isGone)).toBe(true)
    }),
  )
})

test('pods that leave after their node leave nothing behind', () => {
  const nodes = Object.assign(new FakeWatched(nodeKind, {}), { hasSynced: () => true })
  const pods = Object.assign(new FakeWatched(podKind, {}), { hasSynced: () => true, stalenessMs: () => 0 })
  const feed = new NodePods({
    clock: new FakeClock(),
    reader: {} as unknown as ClusterReader,
    nodes,
    pods,
    sandboxes: { onChange: () => {}, onKnown: () => {}, problem: () => undefined, silentForMs: () => 0 },
    asks: () => true,
  })
  const raw = (reason: string) => ({
    metadata: { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Running', containerStatuses: [{ name: 'c', state: { waiting: { reason } } }] },
  })
  nodes.put({ metadata: { name: 'node-1', uid: 'n', resourceVersion: '1' } })
  pods.put(raw('CrashLoopBackOff'))
  nodes.drop('node-1')
  pods.put(raw('ErrImagePull'))
  pods.drop('shop/web')
  expect(feed.seen('node-1').pods).toMatchObject({ kind: 'Known', ailing: [], evictions: [] })
})
