import { expect, test } from 'vitest'
import type { Node } from '../../../api/core/node.ts'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { rfc3339 } from '../../../kernel/time.ts'
import { changesInMs, claimOf, clearedOf } from '../claim.ts'
import { after, monoAfter, type NodeParts, nodeWith } from '../evidence.fixture.ts'
import type { BootsSeen, EventHeard } from '../sources-seen.ts'
import { look } from './look.fixture.ts'
import { noticeMarks } from './notices.ts'

const at = (second: number) => ({ now: after(second), mono: monoAfter(second) })

const reboots: Signal = signalSchema.parse({ name: 's', reboots: { count: 2, windowSeconds: 600 } })
const booted = (watchedSince: number, ...boots: readonly (readonly [number, boolean])[]): BootsSeen => ({
  kind: 'Known',
  watchedSinceMono: monoAfter(watchedSince),
  boots: boots.map(([second, ours]) => ({ atMono: monoAfter(second), ours })),
})

test.each<readonly [string, BootsSeen, string]>([
  ['enough that were not ours', booted(0, [100, false], [200, false]), 'True'],
  ['one of them ours', booted(0, [100, false], [200, true]), 'False'],
  ['one of them before the window', booted(0, [0, false], [200, false]), 'False'],
  ['nobody knows', { kind: 'Unavailable', message: 'x' }, 'Unknown'],
])('boots: %s', (_, boots, state) => {
  expect(claimOf(reboots, look(at(600), { boots })).state).toBe(state)
})

test('what stood before this process began to count is not over because it has not seen it', () => {
  const state = (boots: BootsSeen) => claimOf(reboots, look({ ...at(600), stood: true }, { boots })).state
  expect(state(booted(100))).toBe('Unknown')
  expect(state(booted(0))).toBe('False')
})

test('that doubt ends by time alone, and says when', () => {
  const doubt = look({ ...at(600), stood: true }, { boots: booted(100) })
  expect(changesInMs(reboots, doubt)).toBe(100_000)
  expect(claimOf(reboots, look({ ...at(700), stood: true }, { boots: booted(100) })).state).toBe('False')
  expect(changesInMs(reboots, look(at(600), { boots: booted(100) }))).toBeUndefined()
})

test('boots are over when the kubelet has been Ready since and the node has not booted by itself', () => {
  const node = nodeWith([{ type: 'Ready', status: 'True', heartbeat: 250 }])
  const cleared = (boots: BootsSeen) =>
    clearedOf(reboots, {
      ...look({ ...at(300), node }, { boots }),
      treatedAt: after(200),
      bootChanged: true,
      pods: undefined,
    }).cleared
  expect(cleared(booted(0, [100, false], [230, true]))).toBe(true)
  expect(cleared(booted(0, [100, false], [230, false]))).toBe(false)
})

const startup: Signal = signalSchema.parse({ name: 's', startup: { timeoutSeconds: 600 } })
const made = { creationTimestamp: rfc3339(after(0)) }
const ready = (status: string, transition: number, reason = 'KubeletNotReady') =>
  nodeWith([{ type: 'Ready', status, transition, reason }], made)
const without: Node = { ...ready('True', 0), conditions: [] }

test.each<readonly [string, Node, string]>([
  ['is Ready', ready('True', 100), 'False'],
  ['has said the same since it registered', ready('False', 2), 'True'],
  ['fell silent soon after it registered', ready('Unknown', 70, 'NodeStatusUnknown'), 'True'],
  ['has never said anything', ready('Unknown', 500, 'NodeStatusNeverUpdated'), 'True'],
  ['has no condition', without, 'True'],
  ['may have been Ready in between', ready('False', 400), 'Unknown'],
])('a Node that %s', (_, node, state) => {
  expect(claimOf(startup, look({ ...at(600), node })).state).toBe(state)
  expect(claimOf(startup, look({ ...at(599), node })).state).toBe('False')
})

test('a Node that has been counted as late is late until it is Ready, and a look is due when one is', () => {
  expect(claimOf(startup, look({ ...at(900), node: ready('False', 800), stood: true })).state).toBe('True')
  expect(changesInMs(startup, look({ ...at(500), node: ready('False', 0) }))).toBe(100_000)
})

const notice = (kinds?: readonly string[]): Signal => signalSchema.parse({ name: 's', notice: kinds ? { kinds } : {} })

const heard = (reason: string, second = 0): EventHeard => ({
  reason,
  component: 'x',
  message: '',
  regardingUID: 'uid-of-node-1',
  atMono: monoAfter(second),
  count: 1,
  overMs: 0,
})

function marked({ on, key, value = 'x' }: (typeof noticeMarks)[number]) {
  const conditions = on === 'condition' ? [{ type: key, status: 'True' }] : []
  const map = on === 'label' || on === 'annotation' ? { [`${on}s`]: { [key]: value } } : {}
  const parts: NodeParts = on === 'taint' ? { taints: [{ key, effect: 'NoSchedule' }] } : {}
  const events = { kind: 'Known', heard: on === 'event' ? [heard(key)] : [] } as const
  return look({ node: nodeWith(conditions, map, parts) }, { events })
}

test.each(noticeMarks)('$by announces $kind by $on $key', (mark) => {
  const others = ['Termination', 'Maintenance', 'Rebalance'].filter((kind) => kind !== mark.kind)
  expect(claimOf(notice([mark.kind]), marked(mark)).state).toBe('True')
  expect(claimOf(notice(others), marked(mark)).state).toBe('False')
  expect(claimOf(notice([mark.kind]), look()).state).toBe('False')
})

test('a rebalance is asked for by name, a label must say so, and an event is old after an hour', () => {
  const rebalance = noticeMarks.filter(({ kind }) => kind === 'Rebalance')
  expect(rebalance.map((mark) => claimOf(notice(), marked(mark)).state)).toEqual(['False', 'False'])
  const labels = { 'cloud.google.com/active-node-maintenance': 'NONE' }
  expect(claimOf(notice(), look({ node: nodeWith([], { labels }) })).state).toBe('False')
  const events = { kind: 'Known', heard: [heard('SpotInterrupted')] } as const
  expect(claimOf(notice(), look(at(3_599), { events })).state).toBe('True')
  expect(claimOf(notice(), look(at(3_600), { events })).state).toBe('False')
})

test('an announcement that may have been dropped with too many events is not known to be none, within its hour', () => {
  const events = { kind: 'Known', heard: [], missingUntil: monoAfter(0) } as const
  const states = [3_599, 3_600].map((second) => claimOf(notice(), look(at(second), { events })).state)
  expect(states).toEqual(['Unknown', 'False'])
  expect(changesInMs(notice(), look(at(3_000), { events }))).toBe(600_000)
})

test('without events nobody knows that nothing was announced', () => {
  const events = { kind: 'Unavailable', message: 'lost', heard: [] } as const
  expect(claimOf(notice(), look({}, { events })).state).toBe('Unknown')
  const mark = noticeMarks[0]
  if (mark === undefined) throw new Error('the table is empty')
  expect(claimOf(notice(), { ...marked(mark), sources: look({}, { events }).sources }).state).toBe('True')
})
