import { array, assert, boolean, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { type CoreEvent, coreEventKind } from '../../api/core/core-event.ts'
import { nodeKind } from '../../api/core/node.ts'
import { type Signal, signalSchema } from '../../api/v1alpha1/signal.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant, mono, rfc3339 } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { Change } from '../../runtime/cache.ts'
import { FakeWatched } from '../watched.fixture.ts'
import { EventTally } from './event-tally.ts'
import type { FeedChange } from './feed.ts'
import { NodeEvents } from './node-events.ts'

const noon = Date.parse('2026-11-21T12:00:00Z')
const time = (second: number): string => rfc3339(instant(noon + second * 1_000))
const moment = (second: number) => ({ now: instant(noon + second * 1_000), mono: mono(second * 1_000) })

/** Made a minute before noon. */
const eventOf = (more: JsonObject = {}, metadata: JsonObject = {}): CoreEvent =>
  coreEventKind.project({
    metadata: { namespace: 'default', name: 'e', uid: 'e', creationTimestamp: time(-60), ...metadata },
    involvedObject: { kind: 'Node', name: 'node-1', uid: 'n' },
    reason: 'IOError',
    source: { component: 'kernel-monitor' },
    firstTimestamp: time(-60),
    lastTimestamp: time(-60),
    ...more,
  })

const first = (event: CoreEvent, second = 0) => {
  const tally = new EventTally()
  tally.note(event, moment(second))
  const [heard] = tally.of('node-1')
  return heard && { at: heard.atMono / 1_000, over: heard.overMs / 1_000, count: heard.count }
}

test.each<readonly [string, JsonObject, object]>([
  ['alone is as old as it says', {}, { at: -60, over: 0, count: 1 }],
  ['of a clock that is ahead came now', { lastTimestamp: time(9_999) }, { at: 0 }],
  ['of a clock that is behind came no earlier than it was made', { lastTimestamp: time(-9_999) }, { at: -60 }],
  ['joined from five tells over how long', { count: 5, lastTimestamp: time(-10) }, { at: -10, over: 50, count: 5 }],
  ['of the newer kind', { series: { count: 4, lastObservedTime: time(-20) } }, { at: -20, over: 40, count: 4 }],
  ['without times came when it was made', { firstTimestamp: null, lastTimestamp: null }, { at: -60, over: 0 }],
])('an Event that was there before, %s', (_, more, expected) => {
  expect(first(eventOf(more))).toMatchObject(expected)
})

test('an Event that grows under our eyes counts what it grew by, since it was last seen, on our own clock', () => {
  const tally = new EventTally()
  tally.note(eventOf(), moment(0))
  expect(tally.note(eventOf(), moment(10))).toBe(false)
  expect(tally.note(eventOf({ count: 2, lastTimestamp: time(-9_999) }), moment(20))).toBe(true)
  expect(tally.note(eventOf({ count: 6 }), moment(50))).toBe(true)
  expect(tally.of('node-1').map(({ atMono, overMs, count }) => [atMono, overMs, count])).toEqual([
    [-60_000, 0, 1],
    [20_000, 0, 1],
    [50_000, 30_000, 4],
  ])
})

test('an Event that expires has been heard, and one made anew counts anew', () => {
  const tally = new EventTally()
  tally.note(eventOf(), moment(0))
  tally.expired(eventOf())
  tally.note(eventOf({}, { uid: 'again', creationTimestamp: time(100) }), moment(100))
  expect(tally.of('node-1')).toHaveLength(2)
  tally.forgetNode('node-1')
  expect(tally.of('node-1')).toEqual([])
})

test('what is kept of one node is bounded', () => {
  const tally = new EventTally()
  for (let index = 0; index < 1_500; index += 1) tally.note(eventOf({}, { uid: `e${index}` }), moment(0))
  expect(tally.of('node-1')).toHaveLength(1_000)
  tally.note(eventOf({}, { uid: 'a day later' }), moment(90_000))
  expect(tally.of('node-1')).toHaveLength(1)
})

/** Events of 200 nodes, one of them after the other, in a tally that has room for few. */
function flooded({ bytesMax = 20_000, message = 'x'.repeat(300) } = {}) {
  const tally = new EventTally({ bytesMax })
  for (let index = 0; index < 200; index += 1) {
    const subject = { kind: 'Node', name: `node-${index}`, uid: 'n' }
    const times = { firstTimestamp: time(index), lastTimestamp: time(index) }
    const made = { uid: `e${index}`, creationTimestamp: time(index) }
    tally.note(eventOf({ involvedObject: subject, message, ...times }, made), moment(index))
  }
  const kept = Array.from({ length: 200 }, (_, index) => index).filter((index) => tally.of(`node-${index}`).length > 0)
  return { tally, kept }
}

test('what is kept of the whole fleet is bounded: the oldest go, and from when on all are there is known', () => {
  const { tally, kept } = flooded()
  expect(kept.length).toBeGreaterThan(20)
  expect(kept.length).toBeLessThan(40)
  expect(kept.at(-1)).toBe(199)
  expect(tally.missingUntil(mono(199_000))).toBe(mono(((kept[0] ?? 0) - 1) * 1_000))
  expect(tally.missingUntil(mono(100_000_000))).toBeUndefined()
  const wide = flooded({ message: '\u4e2d'.repeat(300) }).kept
  expect(wide.length).toBeLessThan(kept.length * 0.75)
})

test('what no window reaches any more goes first, and nobody misses it', () => {
  const tally = new EventTally({ bytesMax: 20_000 })
  const fill = (day: number) => {
    for (let index = 0; index < 30; index += 1) {
      const subject = { kind: 'Node', name: `node-${day}-${index}`, uid: 'n' }
      tally.note(eventOf({ involvedObject: subject }, { uid: `e${day}-${index}` }), moment(day * 90_000))
    }
  }
  for (let day = 0; day < 9; day += 1) fill(day)
  expect(tally.missingUntil(mono(8 * 90_000_000))).toBeUndefined()
})

test('a node that leaves makes room', () => {
  const tally = new EventTally({ bytesMax: 20_000 })
  for (let index = 0; index < 200; index += 1) {
    const subject = { kind: 'Node', name: `node-${index}`, uid: 'n' }
    tally.note(eventOf({ involvedObject: subject }, { uid: `e${index}` }), moment(index))
    tally.forgetNode(`node-${index}`)
  }
  expect(tally.missingUntil(mono(200_000))).toBeUndefined()
})

test('signals whose window meets the gap are Unknown where they were False, and the health of the source says why', () => {
  let event: (change: Change<CoreEvent>) => void = () => {}
  const feed = new NodeEvents(
    {
      clock: { now: () => instant(noon + 199_000), mono: () => mono(199_000) },
      reader: {} as unknown as ClusterReader,
      watch: {
        onChange: (handler) => void (event = handler),
        onKnown: () => {},
        problem: () => undefined,
        silentForMs: () => 0,
      },
      nodes: { onChange: () => {}, get: () => undefined, hasSynced: () => true },
      asks: (which) => asked.some(which),
    },
    flooded().tally,
  )
  const wants = (windowSeconds: number): Signal =>
    signalSchema.parse({ name: 'x', nodeEvent: { reason: 'IOError', count: 3, windowSeconds } })
  let asked = [wants(10)]
  expect(feed.health()).toMatchObject([{ kind: 'nodeEvent', problem: undefined }])
  expect(feed.seen('node-1').events?.missingUntil).toBeGreaterThan(0)
  asked = [wants(10), wants(3_600)]
  expect(feed.health()).toMatchObject([{ kind: 'nodeEvent', problem: expect.stringContaining('too many events') }])
  const told: FeedChange[] = []
  feed.onChange((change) => told.push(change))
  for (let index = 0; index < 40; index += 1)
    event({ key: 'e', old: undefined, new: eventOf({ message: 'x'.repeat(300) }, { uid: `more-${index}` }) })
  expect(told.some(({ everything }) => everything)).toBe(true)
  expect(told[0]).toEqual({ everything: false, nodeNames: ['node-1'] })
})

test('however an Event is seen, from a watch and from lists, once and again, it counts as often as it says', () => {
  const looks = array(record({ count: integer({ min: 1, max: 20 }), again: boolean() }), {
    minLength: 1,
    maxLength: 20,
  })
  assert(
    property(looks, (drawn) => {
      const tally = new EventTally()
      drawn.forEach(({ count, again }, index) => {
        tally.note(eventOf({ count }), moment(index))
        if (again) tally.note(eventOf({ count }), moment(index))
      })
      const heard = tally.of('node-1').reduce((total, { count }) => total + count, 0)
      expect(heard).toBe(Math.max(...drawn.map(({ count }) => count)))
    }),
  )
})

test('a watch that is lost makes every absence doubtful, a live read that fails as well, and what was heard stays', async () => {
  const handlers: { event: (change: Change<CoreEvent>) => void; known: () => void } = {
    event: () => {},
    known: () => {},
  }
  const world = { problem: undefined as string | undefined, away: false }
  const reader = {
    list: async () => {
      if (world.away) throw new UnavailableError('connection refused')
      return [eventOf({ count: 3 }), eventOf({ count: 9 }, { namespace: 'shop', uid: 'f' })]
    },
  } as unknown as ClusterReader
  const feed = new NodeEvents({
    clock: { now: () => instant(noon), mono: () => mono(0) },
    reader,
    watch: {
      onChange: (handler) => void (handlers.event = handler),
      onKnown: (handler) => void (handlers.known = handler),
      problem: () => world.problem,
      silentForMs: () => 4_000,
    },
    nodes: { onChange: () => {}, get: () => undefined, hasSynced: () => true },
    asks: () => true,
  })
  const told: FeedChange[] = []
  feed.onChange((change) => told.push(change))
  const signal: Signal = signalSchema.parse({
    name: 'x',
    nodeEvent: { reason: 'IOError', count: 3, windowSeconds: 60 },
  })

  handlers.event({ key: 'e', old: undefined, new: eventOf() })
  expect(told).toEqual([{ everything: false, nodeNames: ['node-1'] }])
  expect(feed.seen('node-1').events).toMatchObject({ kind: 'Known', heard: [{ count: 1 }] })
  // Whoever may write Events in a namespace of their own may name any node in them.
  const elsewhere = { kind: 'Node', namespace: 'shop', name: 'node-1', uid: 'n' }
  const forged = eventOf({ count: 9, involvedObject: elsewhere }, { namespace: 'shop', uid: 'f' })
  handlers.event({ key: 'f', old: undefined, new: forged })
  expect(told).toHaveLength(1)
  expect(feed.seen('node-1').events).toMatchObject({ kind: 'Known', heard: [{ count: 1 }] })
  world.problem = 'lost'
  expect(feed.seen('node-1').events).toMatchObject({ kind: 'Unavailable', message: 'lost', heard: [{ count: 1 }] })
  expect((await feed.fresh('node-1', [signal])).events).toMatchObject({ kind: 'Known', heard: [{}, { count: 2 }] })
  world.away = true
  expect((await feed.fresh('node-1', [signal])).events).toMatchObject({ kind: 'Unavailable', heard: [{}, {}] })
  handlers.known()
  expect(told.at(-1)?.everything).toBe(true)
})

test('what is heard of a node after it has left goes with the Event, and a node that has not come yet loses nothing', () => {
  const nodes = Object.assign(new FakeWatched(nodeKind, {}), { hasSynced: () => true })
  let event: (change: Change<CoreEvent>) => void = () => {}
  const feed = new NodeEvents({
    clock: { now: () => instant(noon), mono: () => mono(0) },
    reader: {} as unknown as ClusterReader,
    watch: {
      onChange: (handler) => void (event = handler),
      onKnown: () => {},
      problem: () => undefined,
      silentForMs: () => 0,
    },
    nodes,
    asks: () => true,
  })
  const heard = (): number => feed.seen('node-1').events?.heard.length ?? -1
  event({ key: 'e', old: undefined, new: eventOf() })
  expect(heard()).toBe(1)
  nodes.put({ metadata: { name: 'node-1', uid: 'n', resourceVersion: '1' } })
  event({ key: 'e', old: eventOf(), new: undefined })
  expect(heard()).toBe(1)
  nodes.drop('node-1')
  event({ key: 'f', old: undefined, new: eventOf({ reason: 'RemovingNode' }, { uid: 'f' }) })
  event({ key: 'f', old: eventOf({}, { uid: 'f' }), new: undefined })
  expect(heard()).toBe(0)
})
