import { array, assert, boolean, integer, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { rfc3339 } from '../../../kernel/time.ts'
import { changesInMs, claimOf, clearedOf } from '../claim.ts'
import { after, monoAfter, nodeWith } from '../evidence.fixture.ts'
import type { EventHeard, EventsSeen } from '../sources-seen.ts'
import { look } from './look.fixture.ts'
import type { Clearing } from './source.ts'

const signal = (settings: object = {}, more: object = {}): Signal =>
  signalSchema.parse({
    name: 'ioErrors',
    nodeEvent: { reason: 'IOError', count: 3, windowSeconds: 600, ...settings },
    ...more,
  })

const heard = (second: number, more: Partial<EventHeard> = {}): EventHeard => ({
  reason: 'IOError',
  component: 'kernel-monitor',
  message: 'Buffer I/O error on dev sda',
  regardingUID: 'uid-of-node-1',
  atMono: monoAfter(second),
  count: 1,
  overMs: 0,
  ...more,
})
const known = (...events: readonly EventHeard[]): EventsSeen => ({ kind: 'Known', heard: events })
const dropped = (second: number): EventsSeen => ({ ...known(heard(10)), missingUntil: monoAfter(second) })
const at = (second: number) => ({ now: after(second), mono: monoAfter(second) })
const stateOf = (events: EventsSeen, settings: object = {}, second = 600) =>
  claimOf(signal(settings), look(at(second), { events })).state

test.each<readonly [string, EventsSeen, string]>([
  ['enough of them', known(heard(100), heard(200), heard(300)), 'True'],
  ['one that was joined from enough', known(heard(300, { count: 3, overMs: 60_000 })), 'True'],
  ['too few', known(heard(100), heard(200)), 'False'],
  ['one that has left the window', known(heard(0), heard(200), heard(300)), 'False'],
  ['some that may have been earlier', known(heard(300, { count: 3, overMs: 900_000 })), 'Unknown'],
  ['too few, however many were joined', known(heard(300, { count: 2, overMs: 900_000 })), 'False'],
  ['enough, while the watch is lost', { ...known(heard(9, { count: 3 })), kind: 'Unavailable', message: 'x' }, 'True'],
  ['none, while the watch is lost', { kind: 'Unavailable', message: 'x', heard: [] }, 'Unknown'],
  ['none, where some were dropped', { ...known(), missingUntil: monoAfter(1) }, 'Unknown'],
  ['none, where those before the window were dropped', { ...known(), missingUntil: monoAfter(0) }, 'False'],
  ['enough, though some were dropped', { ...known(heard(9, { count: 3 })), missingUntil: monoAfter(8) }, 'True'],
  ['those of another reason', known(heard(100, { count: 9, reason: 'TaskHung' })), 'False'],
  ['those of another Node under this name', known(heard(100, { count: 9, regardingUID: 'before' })), 'False'],
  ['those of a kubelet, which writes the name', known(heard(100, { count: 9, regardingUID: 'node-1' })), 'True'],
  ['those that name nobody', known(heard(100, { count: 9, regardingUID: '' })), 'True'],
])('%s: %s', (_, events, state) => {
  expect(stateOf(events)).toBe(state)
})

test('a Node that is younger than what bears its name is not meant', () => {
  const node = nodeWith([], { creationTimestamp: rfc3339(after(200)) })
  const state = (event: EventHeard) =>
    claimOf(signal({}, { bootGraceSeconds: 0 }), look({ ...at(600), node }, { events: known(event) })).state
  expect(state(heard(100, { count: 9, regardingUID: 'node-1' }))).toBe('False')
  expect(state(heard(300, { count: 9, regardingUID: 'node-1' }))).toBe('True')
  expect(state(heard(300, { count: 9, regardingUID: 'node-1', overMs: 150_000 }))).toBe('Unknown')
})

test('component and message must fit', () => {
  const events = known(heard(100, { count: 9 }))
  expect(stateOf(events, { component: 'kernel-monitor', messageMatches: 'dev sd[ab]$' })).toBe('True')
  expect(stateOf(events, { component: 'kubelet' })).toBe('False')
  expect(stateOf(events, { messageMatches: 'nvme' })).toBe('False')
})

test('what is measured is how many there were, and what people read is hostile text', () => {
  const events = known(heard(100, { count: 9, message: 'a\nb' }))
  expect(claimOf(signal(), look(at(600), { events }))).toMatchObject({
    value: 9,
    message: 'event IOError 3 times within 600s, such as "a\\u000ab"',
  })
})

test('a look is due when one leaves the window', () => {
  expect(changesInMs(signal(), look(at(600), { events: known(heard(100), heard(300)) }))).toBe(100_001)
  expect(changesInMs(signal(), look(at(600), { events: known() }))).toBeUndefined()
})

test.each<readonly [string, EventsSeen, Partial<Clearing> & { readonly cleared: boolean }]>([
  ['none since, and a boot', known(heard(10)), { bootChanged: true, cleared: true }],
  ['none since, and no boot', known(heard(10)), { cleared: false }],
  ['none for a whole window', known(heard(10)), { ...at(700), cleared: true }],
  ['one since', known(heard(150)), { bootChanged: true, cleared: false }],
  ['one since of another kind', known(heard(150, { reason: 'TaskHung' })), { bootChanged: true, cleared: true }],
  ['none since that is known, for some since were dropped', dropped(150), { bootChanged: true, cleared: false }],
  ['none since, and those before were dropped', dropped(90), { bootChanged: true, cleared: true }],
  ['out of reach', { kind: 'Unavailable', message: 'x', heard: [] }, { bootChanged: true, cleared: false }],
])('%s', (_, events, { cleared, ...unusual }) => {
  const seen = { ...look(at(200), { events }), treatedAt: after(100), bootChanged: false, pods: [], ...unusual }
  expect(clearedOf(signal(), seen).cleared).toBe(cleared)
})

test('the check takes the place of the window, and not of the silence', () => {
  const node = nodeWith([{ type: 'Ready', status: 'True', heartbeat: 150 }])
  const seen = { ...look({ ...at(200), node }), treatedAt: after(100), bootChanged: false, pods: [] }
  const checked = signal({}, { clearedWhen: { healthCheck: 'Kubelet' } })
  const sources = (events: EventsSeen) => ({ ...seen, sources: { ...seen.sources, events } })
  expect(clearedOf(checked, sources(known())).cleared).toBe(true)
  expect(clearedOf(checked, sources(known(heard(150)))).cleared).toBe(false)
})

const events = array(
  record({ second: nat(1_200), count: integer({ min: 1, max: 5 }), overMs: nat(1_000_000), ours: boolean() }),
  { maxLength: 12 },
)

test('more events never make less of a claim, their order means nothing, and doubt is only where a bound is open', () => {
  const rank = { False: 0, Unknown: 1, True: 2 }
  assert(
    property(events, nat(12), (drawn, cut) => {
      const all = drawn.map(({ second, count, overMs, ours }) =>
        heard(second, { count, overMs, regardingUID: ours ? 'uid-of-node-1' : 'another' }),
      )
      const state = stateOf(known(...all), {}, 1_200)
      expect(rank[stateOf(known(...all.slice(cut)), {}, 1_200)]).toBeLessThanOrEqual(rank[state])
      expect(stateOf(known(...all.toReversed()), {}, 1_200)).toBe(state)
      const exact = known(...all.map((event) => ({ ...event, overMs: 0 })))
      expect(stateOf(exact, {}, 1_200)).not.toBe('Unknown')
    }),
  )
})

test('what another component says is not what was meant, and keeps nothing from being over', () => {
  const kubelets = signal({ component: 'kubelet' })
  const cleared = (event: EventHeard) => {
    const seen = look(at(900), { events: known(event) })
    return clearedOf(kubelets, { ...seen, treatedAt: after(100), bootChanged: true, pods: undefined }).cleared
  }
  expect(cleared(heard(500, { component: 'kernel-monitor' }))).toBe(true)
  expect(cleared(heard(500, { component: 'kubelet' }))).toBe(false)
})

test('where some were dropped the window leaves them behind, and then it is known again', () => {
  const events: EventsSeen = { ...known(), missingUntil: monoAfter(300) }
  expect(changesInMs(signal(), look(at(500), { events }))).toBe(400_000)
  expect([899, 900].map((second) => stateOf(events, {}, second))).toEqual(['Unknown', 'False'])
})

test('joined ones are counted one by one no more once the first may have left the window', () => {
  const events = known(heard(300, { count: 3, overMs: 400_000 }))
  expect(stateOf(events, {}, 500)).toBe('True')
  expect(changesInMs(signal(), look(at(500), { events }))).toBe(1)
  expect(claimOf(signal(), look({ now: after(501), mono: monoAfter(501) }, { events })).state).toBe('Unknown')
  expect(changesInMs(signal(), look(at(501), { events }))).toBe(399_001)
})
