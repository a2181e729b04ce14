import { array, assert, constantFrom, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { changesInMs, claimOf, clearedOf } from '../claim.ts'
import { after, monoAfter, nodeWith } from '../evidence.fixture.ts'
import type { AilingPod, PodsSeen } from '../sources-seen.ts'
import { look } from './look.fixture.ts'

const known = (parts: Partial<Extract<PodsSeen, { kind: 'Known' }>> = {}): PodsSeen => ({
  kind: 'Known',
  evictions: [],
  ailing: [],
  sandboxProblem: undefined,
  ...parts,
})
const unavailable: PodsSeen = { kind: 'Unavailable', message: 'lost' }
const at = (second: number) => ({ now: after(second), mono: monoAfter(second) })
const evicted = (...seconds: readonly number[]) => known({ evictions: seconds.map(monoAfter) })

const storm: Signal = signalSchema.parse({ name: 's', evictionStorm: { evictions: 3, windowSeconds: 300 } })
const symptom: Signal = signalSchema.parse({ name: 's', podSymptom: { symptom: 'CrashLooping', stuckSeconds: 600 } })

const ill = (index: number, more: Partial<AilingPod> = {}): AilingPod => ({
  namespace: `team-${index % 2}`,
  name: `pod-${index}`,
  uid: `${index}`,
  symptom: 'CrashLooping',
  sinceMono: monoAfter(0),
  betterMono: undefined,
  isGone: false,
  ...more,
})
const illPods = (count: number, more: Partial<AilingPod> = {}) =>
  known({ ailing: Array.from({ length: count }, (_, index) => ill(index, more)) })

test.each<readonly [string, PodsSeen, string]>([
  ['enough within the window', evicted(100, 200, 300), 'True'],
  ['one of them before it', evicted(0, 200, 300), 'False'],
  ['too few', evicted(300), 'False'],
  ['nobody knows', unavailable, 'Unknown'],
])('evictions: %s', (_, pods, state) => {
  expect(claimOf(storm, look(at(300), { pods })).state).toBe(state)
})

test('a storm ends when the eviction that made it one leaves the window', () => {
  expect(changesInMs(storm, look(at(300), { pods: evicted(50, 100, 200, 300) }))).toBe(100_001)
  expect(changesInMs(storm, look(at(300), { pods: evicted(100) }))).toBeUndefined()
})

test('a storm is over when none came since and no pressure is left', () => {
  const cleared = (pods: PodsSeen, pressure = 'False') => {
    const node = nodeWith([{ type: 'DiskPressure', status: pressure }])
    const seen = { ...look({ ...at(300), node }, { pods }), treatedAt: after(200), bootChanged: true, pods: [] }
    return clearedOf(storm, seen).cleared
  }
  expect(cleared(evicted(100, 150, 190))).toBe(true)
  expect(cleared(evicted(100, 250))).toBe(false)
  expect(cleared(evicted(100), 'True')).toBe(false)
  expect(cleared(unavailable)).toBe(false)
})

test('without a boot it takes a whole window of quiet, or the check that the policy names', () => {
  const node = nodeWith([{ type: 'Ready', status: 'True', heartbeat: 250 }])
  const seen = (seconds: number) => ({
    ...look({ ...at(seconds), node }, { pods: evicted(100, 150, 190) }),
    treatedAt: after(200),
    bootChanged: false,
    pods: [],
  })
  expect(clearedOf(storm, seen(499))).toMatchObject({
    cleared: false,
    message: expect.stringContaining('no pod was evicted since the treatment, which was less than 300s ago'),
  })
  expect(clearedOf(storm, seen(500)).cleared).toBe(true)
  const checked: Signal = { ...storm, clearedWhen: { healthCheck: 'Kubelet' } }
  expect(clearedOf(checked, seen(300)).cleared).toBe(true)
})

test.each<readonly [string, PodsSeen, string]>([
  ['three of two namespaces for ten minutes', illPods(3), 'True'],
  ['three of one namespace', illPods(3, { namespace: 'team-0' }), 'False'],
  ['two', illPods(2), 'False'],
  ['three for less', illPods(3, { sinceMono: monoAfter(1) }), 'False'],
  ['three that run for a moment', illPods(3, { betterMono: monoAfter(541) }), 'True'],
  ['three that have been better for a minute', illPods(3, { betterMono: monoAfter(540) }), 'False'],
  ['three with another trouble', illPods(3, { symptom: 'ImagePullFailing' }), 'False'],
  ['nobody knows', unavailable, 'Unknown'],
])('pods that crash: %s', (_, pods, state) => {
  expect(claimOf(symptom, look(at(600), { pods })).state).toBe(state)
})

test('trouble that has stood goes on with pods that fell ill lately, and within the grace of a boot it is doubted', () => {
  const pods = illPods(3, { sinceMono: monoAfter(599) })
  expect(claimOf(symptom, look({ ...at(600), stood: true }, { pods })).state).toBe('True')
  const bootedAt = monoAfter(400)
  expect(claimOf(symptom, look({ ...at(600), bootedAt }, { pods: illPods(3) }))).toMatchObject({
    state: 'Unknown',
    reason: 'BootGraceActive',
  })
})

test('pods that a drain took away prove what they proved, as long as nobody comes to the node', () => {
  const node = nodeWith([], {}, { unschedulable: true })
  const state = (pods: PodsSeen, unusual: object) => claimOf(symptom, look({ ...at(600), ...unusual }, { pods })).state
  const gone = illPods(3, { isGone: true })
  expect(state(gone, { node, stood: true })).toBe('True')
  expect(state(gone, { node })).toBe('False')
  expect(state(gone, { stood: true })).toBe('False')
  expect(state(known(), { node, stood: true })).toBe('Unknown')
  expect(state(known(), { stood: true })).toBe('False')
})

test('sandboxes that nobody watches may fail', () => {
  const sandbox: Signal = signalSchema.parse({ name: 's', podSymptom: { symptom: 'SandboxFailing' } })
  const state = (pods: PodsSeen) => claimOf(sandbox, look(at(600), { pods })).state
  expect(state(known())).toBe('False')
  expect(state(known({ sandboxProblem: 'lost' }))).toBe('Unknown')
  const ailing = [0, 1, 2].map((index) => ill(index, { symptom: 'SandboxFailing' }))
  expect(state(known({ ailing, sandboxProblem: 'lost' }))).toBe('True')
})

test('a look is due when the next pod has been stuck for long enough', () => {
  expect(changesInMs(symptom, look(at(100), { pods: illPods(3) }))).toBe(500_000)
})

test('pods that were drained away prove nothing: those of DaemonSets must run', () => {
  const node = nodeWith([{ type: 'Ready', status: 'True', heartbeat: 250 }])
  const seen = { ...look({ ...at(300), node }), treatedAt: after(200), bootChanged: true, pods: [] }
  expect(clearedOf(symptom, seen).cleared).toBe(true)
  expect(clearedOf(symptom, { ...seen, pods: undefined }).cleared).toBe(false)
  const gone = { ...seen.sources, pods: illPods(3, { isGone: true }) }
  expect(clearedOf(symptom, { ...seen, stood: true, sources: gone }).cleared).toBe(true)
  expect(clearedOf(symptom, { ...seen, sources: { ...seen.sources, pods: illPods(3) } }).cleared).toBe(false)
  expect(clearedOf(symptom, { ...seen, sources: { ...seen.sources, pods: unavailable } }).cleared).toBe(false)
})

const drawn = array(record({ namespace: constantFrom('a', 'b', 'c'), since: nat(1_200) }), { maxLength: 10 })

test('one pod more never makes less of a claim, and their order means nothing', () => {
  const state = (pods: readonly AilingPod[]) =>
    claimOf(symptom, look(at(1_200), { pods: known({ ailing: pods }) })).state === 'True'
  assert(
    property(drawn, nat(10), (all, cut) => {
      const pods = all.map(({ namespace, since }, index) => ill(index, { namespace, sinceMono: monoAfter(since) }))
      expect(Number(state(pods.slice(cut)))).toBeLessThanOrEqual(Number(state(pods)))
      expect(state(pods.toReversed())).toBe(state(pods))
    }),
  )
})
