import { expect, test } from 'vitest'
import { BrokenInvariantError } from '../kernel/assert.ts'
import { Prng } from '../kernel/prng.ts'
import { ConflictError, RefusedError, ThrottledError, TimeoutError, UnavailableError } from '../ports/errors.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { WorkQueue } from './work-queue.ts'
import { type Result, Workers } from './worker.ts'

test('a key comes back when the reconcile asks for it, and not before', async () => {
  const { clock, looks } = working(async () => ({ requeueAfterMs: 30_000 }))
  await clock.advance(29_999)
  expect(looks).toEqual(['a'])
  await clock.advance(1)
  expect(looks).toEqual(['a', 'a'])
})

test('without a wish the key rests until its object changes', async () => {
  const { clock, queue, looks } = working(async () => settledResult)
  await clock.advance(3_600_000)
  queue.add('a')
  await clock.advance(0)
  expect(looks).toEqual(['a', 'a'])
})

test.each([
  [new TimeoutError('no answer'), 10_999],
  [new ThrottledError('busy', 20_000), 19_999],
])('after %s no event brings an earlier look', async (error, stillWaitingMs) => {
  const { clock, queue, looks } = working(failing(error))
  await clock.advance(0)
  queue.add('a')
  await clock.advance(stillWaitingMs)
  expect(looks).toEqual(['a'])
  await clock.advance(1)
  expect(looks).toHaveLength(2)
})

test('a conflict is looked at again within a blink', async () => {
  const { clock, looks } = working(failingOnce(new ConflictError('changed')))
  await clock.advance(100)
  expect(looks).toEqual(['a', 'a'])
})

test('after one look that went well the waits begin anew', async () => {
  let failures = 0
  const { clock, queue, looks } = working(async () => {
    failures += 1
    if (failures === 6) return settledResult
    throw new UnavailableError('connection refused')
  })
  await clock.advance(120_000)
  const before = looks.length
  expect(before).toBe(6)
  queue.add('a')
  await clock.advance(1_000)
  expect(looks.length).toBe(before + 2)
})

test('a refusal is logged once per cause, and retried ever more rarely', async () => {
  const { clock, log, looks } = working(failing(new RefusedError('forbidden', { status: 403, reason: 'Forbidden' })))
  await clock.advance(3_600_000)
  expect(log.lines).toEqual([
    { level: 'warn', text: 'refused', fields: { controller: 'test', key: 'a', cause: 'forbidden' } },
  ])
  expect(looks.length).toBeGreaterThan(10)
  expect(looks.length).toBeLessThan(40)
})

test('an outage is said once, and its end too', async () => {
  const { clock, log } = working(failingOnce(new UnavailableError('connection refused'), 4))
  await clock.advance(60_000)
  expect(log.lines.map(({ text }) => text)).toEqual(['waiting for the world', 'working again'])
})

test('an outage that one key meets is said once, however well the others fare', async () => {
  const { clock, queue, log } = working(async (key) => {
    if (key === 'a') throw new TimeoutError('the BMC of node a does not answer')
    return { requeueAfterMs: 10_000 }
  })
  queue.add('b')
  await clock.advance(3_600_000)
  expect(log.lines.map(({ text, fields }) => [text, fields['key']])).toEqual([['waiting for the world', 'a']])
})

test('what many keys meet is not said for each of them again and again', async () => {
  const { clock, queue, log } = working(async (key) => {
    throw new TimeoutError(`patching nodes ${key}: etcdserver: request timed out`)
  })
  for (let count = 0; count < 50; count += 1) queue.add(`node-${count}`)
  await clock.advance(3_600_000)
  expect(log.lines.length).toBeLessThanOrEqual(51)
})

test('a defect is logged with its key, counted, and does not stop the others', async () => {
  const { clock, queue, log, looks, workers } = working(async (key) => {
    if (key === 'a') throw new TypeError('x is not a function')
    return settledResult
  })
  queue.add('b')
  await clock.advance(0)
  expect(looks).toEqual(['a', 'b'])
  expect(workers.defects).toBe(1)
  expect(log.lines[0]).toMatchObject({ level: 'error', text: 'defect in reconcile', fields: { key: 'a' } })
  await clock.advance(3_600_000)
  expect(looks.filter((key) => key === 'a').length).toBeLessThan(40)
})

test('a broken invariant stops the operator', async () => {
  const { running } = working(failing(new BrokenInvariantError('two leaders')))
  await expect(running).rejects.toThrow(BrokenInvariantError)
})

test('nobody looks while somebody else leads, and every key is still wanted afterwards', async () => {
  const leadership = new FakeLeadership()
  const { clock, looks } = working(async () => settledResult, { leadership })
  await clock.advance(60_000)
  expect(looks).toEqual([])
  leadership.start()
  await clock.advance(0)
  expect(looks).toEqual(['a'])
})

test('a lease that ended while a worker waited for a key is noticed before the look', async () => {
  const leadership = new FakeLeadership()
  leadership.start()
  const { clock, queue, looks } = working(async () => settledResult, { leadership })
  await clock.advance(0)
  leadership.stop()
  queue.add('b')
  await clock.advance(0)
  expect(looks).toEqual(['a'])
  leadership.start()
  await clock.advance(0)
  expect(looks).toEqual(['a', 'b'])
})

test('a stop waits for the look under way', async () => {
  const look = Promise.withResolvers<Result>()
  const { clock, running, stop } = working(async () => await look.promise)
  let ended = false
  void running.then(() => (ended = true))
  await clock.advance(0)
  stop.abort()
  await clock.advance(0)
  expect(ended).toBe(false)
  look.resolve(settledResult)
  await clock.advance(0)
  expect(ended).toBe(true)
})

const settledResult: Result = { requeueAfterMs: undefined }

const failing = (error: Error) => async (): Promise<Result> => {
  throw error
}

function failingOnce(error: Error, times = 1): () => Promise<Result> {
  let failures = 0
  return async () => {
    failures += 1
    if (failures <= times) throw error
    return settledResult
  }
}

/** Two workers, and `a` is in the queue. */
/** Who looks again at once, for ever, would never let a test say so. */
const looksMax = 1_000

function working(reconcile: (key: string) => Promise<Result>, { leadership }: { leadership?: FakeLeadership } = {}) {
  const [clock, log, stop, looks] = [new FakeClock(), new FakeLog(), new AbortController(), new Array<string>()]
  const queue = new WorkQueue({ clock, prng: new Prng(1) })
  const look = async (key: string): Promise<Result> => {
    looks.push(key)
    if (looks.length === looksMax) stop.abort()
    return await reconcile(key)
  }
  const given = leadership === undefined ? {} : { leadership }
  const workers = new Workers({ name: 'test', queue, log, workers: 2, reconcile: look, ...given })
  queue.add('a')
  return { clock, log, queue, looks, workers, stop, running: workers.run(stop.signal) }
}

class FakeLeadership {
  #leads = Promise.withResolvers<void>()
  #isLeading = false

  readonly remainingMs = (): number => (this.#isLeading ? 15_000 : -1)

  readonly whenLeading = async (): Promise<void> => {
    if (!this.#isLeading) await this.#leads.promise
  }

  start(): void {
    this.#isLeading = true
    this.#leads.resolve()
  }

  stop(): void {
    this.#isLeading = false
    this.#leads = Promise.withResolvers()
  }
}
