import { expect, test } from 'vitest'
import { Prng } from '../kernel/prng.ts'
import { FakeClock, settled } from './fake-clock.fixture.ts'
import { WorkQueue } from './work-queue.ts'

const limits = { firstMs: 1_000, longestMs: 60_000 }

test('a queue whose workers are told to stop in the middle of a look leaves no timer behind', async () => {
  const clock = new FakeClock()
  const timers = new Set<AbortSignal>()
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal !== undefined) timers.add(signal)
    await clock.sleep(ms, signal)
    if (signal !== undefined) timers.delete(signal)
  }
  const queue = new WorkQueue({ clock: { now: clock.now, mono: clock.mono, sleep }, prng: new Prng(1) })
  const stop = new AbortController()
  const first = queue.take(stop.signal)
  queue.addAfter('late', 60_000)
  queue.add('now')
  expect(await first).toBe('now')
  expect(timers.size).toBe(1)
  stop.abort()
  queue.done('now')
  expect(await queue.take(stop.signal)).toBeUndefined()
  await settled()
  expect(timers.size).toBe(0)
})

test('a key that was added twice is taken once', async () => {
  const { queue, taken } = withWorkers(2)
  queue.add('a')
  queue.add('a')
  await settled()
  expect(taken).toEqual(['a'])
})

test('a key has one worker at a time, and what is added meanwhile is looked at afterwards', async () => {
  const { queue, taken } = withWorkers(2)
  queue.add('a')
  await settled()
  queue.add('a')
  await settled()
  expect(taken).toEqual(['a'])
  queue.done('a')
  await settled()
  expect(taken).toEqual(['a', 'a'])
})

test('of two times the earlier wins', async () => {
  const { clock, queue, taken } = withWorkers(1)
  queue.addAfter('a', 9_000)
  queue.addAfter('a', 5_000)
  queue.addAfter('a', 7_000)
  await clock.advance(4_999)
  expect(taken).toEqual([])
  await clock.advance(1)
  expect(taken).toEqual(['a'])
  queue.done('a')
  await clock.advance(60_000)
  expect(taken).toEqual(['a'])
})

test('no event cuts a hold short, and the longer hold wins', async () => {
  const { clock, queue, taken } = withWorkers(1)
  queue.holdFor('a', 10_000)
  queue.holdFor('a', 3_000)
  queue.add('a')
  await clock.advance(9_999)
  expect(taken).toEqual([])
  await clock.advance(1)
  expect(taken).toEqual(['a'])
})

test('a key that is held while somebody looks at it waits when that look is done', async () => {
  const { clock, queue, taken } = withWorkers(1)
  queue.add('a')
  await settled()
  queue.holdFor('a', 5_000)
  queue.done('a')
  const second = queue.take(new AbortController().signal)
  await clock.advance(4_999)
  expect(taken).toEqual(['a'])
  await clock.advance(1)
  expect(await second).toBe('a')
})

test('failures wait longer and longer, until one look goes well', () => {
  const queue = new WorkQueue({ clock: new FakeClock(), prng: new Prng(1) })
  const waits = Array.from({ length: 10 }, () => queue.backOff('a', limits))
  expect(waits[0]).toBeLessThanOrEqual(1_000)
  expect(waits[9]).toBeGreaterThanOrEqual(30_000)
  expect(Math.max(...waits)).toBeLessThanOrEqual(60_000)
  queue.forget('a')
  expect(queue.backOff('a', limits)).toBeLessThanOrEqual(1_000)
})

test('failures are not forgotten while the key is away', async () => {
  const { clock, queue, taken } = withWorkers(3)
  for (let failures = 0; failures < 3; failures += 1) {
    queue.backOff('a', limits)
    await clock.advance(60_000)
    queue.done('a')
  }
  expect(taken).toHaveLength(3)
  expect(queue.backOff('a', limits)).toBeGreaterThanOrEqual(4_000)
})

test('whoever has been ready longest comes first', async () => {
  const { clock, queue, next } = withWorkers(0)
  queue.addAfter('late', 2)
  queue.addAfter('early', 1)
  await clock.advance(3)
  expect([await next(), await next()]).toEqual(['early', 'late'])
})

test('a waiting worker is woken by nobody but a key: no timer runs for an empty queue', async () => {
  const { clock, queue, taken } = withWorkers(4)
  const sleep = clock.sleep
  let sleeps = 0
  Object.assign(clock, { sleep: async (ms: number, signal: AbortSignal) => ((sleeps += 1), await sleep(ms, signal)) })
  await clock.advance(3_600_000)
  expect(sleeps).toBe(0)
  queue.add('a')
  await settled()
  expect(taken).toEqual(['a'])
})

test('a worker that is told to stop stops waiting, and takes no key with it', async () => {
  const { clock, queue } = withWorkers(0)
  const stop = new AbortController()
  const waiting = queue.take(stop.signal)
  stop.abort()
  expect(await waiting).toBe(undefined)
  queue.add('a')
  await clock.advance(0)
  expect(queue.numbers()).toMatchObject({ depth: 1, processing: 0 })
  expect(await queue.take(stop.signal)).toBe(undefined)
})

test('numbers say how much is waiting and for how long somebody has been looking', async () => {
  const { clock, queue } = withWorkers(1)
  queue.add('a')
  queue.addAfter('b', 1_000)
  queue.holdFor('c', 5_000)
  await clock.advance(3_000)
  expect(queue.numbers()).toEqual({ depth: 2, processing: 1, adds: 2, retries: 1, longestRunningMs: 3_000 })
})

test('nothing is left of keys that are done', async () => {
  const { queue, next } = withWorkers(0)
  for (let round = 0; round < 1_000; round += 1) {
    queue.add(`key-${round}`)
    queue.done((await next()) ?? '')
  }
  expect(queue.numbers()).toMatchObject({ depth: 0, processing: 0, adds: 1_000 })
})

test('a key that is looked at again and again, and wants a late look each time, does not fill the memory', async () => {
  const { clock, queue } = withWorkers(0)
  const stop = new AbortController()
  for (let look = 0; look < 10_000; look += 1) {
    queue.add('a')
    await queue.take(stop.signal)
    queue.addAfter('a', 604_800_000)
    queue.done('a')
    await clock.advance(10)
  }
  expect(queue.timesKept).toBeLessThan(2_000)
  const late = queue.take(stop.signal)
  await clock.advance(604_800_000)
  expect(await late).toBe('a')
})

/** So many workers wait already; what they get is in `taken`. */
function withWorkers(count: number) {
  const clock = new FakeClock()
  const queue = new WorkQueue({ clock, prng: new Prng(1) })
  const taken: string[] = []
  const next = async (): Promise<string | undefined> => {
    const key = await queue.take(new AbortController().signal)
    if (key !== undefined) taken.push(key)
    return key
  }
  for (let index = 0; index < count; index += 1) void next()
  return { clock, queue, taken, next: async () => await next() }
}
