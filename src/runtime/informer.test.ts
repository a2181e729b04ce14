import { describe, expect, test } from 'vitest'
import { BrokenInvariantError } from '../kernel/assert.ts'
import { TimeoutError, UnavailableError } from '../ports/errors.ts'
import { type FakeTransport, failed, ok } from './fake-transport.fixture.ts'
import {
  added,
  bookmark,
  deleted,
  isReplay,
  modified,
  object,
  page,
  prepared,
  replayEnd,
  started,
  synced,
  version,
} from './informer.fixture.ts'

describe('the first look', () => {
  test('is a replay that a bookmark ends', async () => {
    const { clock, transport, informer, names } = await started()
    expect(transport.watch.request.query).toMatchObject({
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
    })
    transport.watch.send(added('a', 3), added('b', 7))
    await clock.advance(0)
    expect(informer.hasSynced()).toBe(false)
    expect(informer.stalenessMs()).toBe(Number.POSITIVE_INFINITY)
    transport.watch.send(replayEnd(9))
    await clock.advance(0)
    expect(informer.hasSynced()).toBe(true)
    expect(names()).toEqual(['a', 'b'])
    expect(transport.requests).toEqual([])
  })

  test.each([400, 422])('is a paged list where the server answers a replay with %i', async (status) => {
    const { clock, transport, names } = prepared((request) =>
      isReplay(request) ? failed(status, { reason: 'Invalid' }) : ok({}),
    )
    transport.respond = (request) =>
      ok(request.query?.['continue'] === undefined ? page(['a'], 'token') : page(['b'], ''))
    await clock.advance(0)
    expect(names()).toEqual(['a', 'b'])
    expect(transport.requests.map(({ query }) => query?.['limit'])).toEqual(['500', '500'])
    expect(transport.watch.request.query).toMatchObject({ resourceVersion: '20' })
  })

  test('is a paged list where the server never ends its replay', async () => {
    const { clock, transport, informer, names } = prepared()
    transport.respond = () => ok(page(['a', 'b'], ''))
    await clock.advance(0)
    transport.watch.send(added('a', 3))
    await clock.advance(12_000)
    expect(informer.hasSynced()).toBe(true)
    expect(names()).toEqual(['a', 'b'])
  })

  test('is not over when the replay breaks off, and what was half seen is kept', async () => {
    const { clock, transport, informer, names } = await started()
    transport.watch.send(added('a', 3))
    transport.watch.fail(new TimeoutError('connection reset'))
    await clock.advance(1_000)
    expect(informer.hasSynced()).toBe(false)
    expect(isReplay(transport.watch.request)).toBe(true)
    transport.watch.send(added('b', 4), replayEnd(9))
    await clock.advance(0)
    expect(names()).toEqual(['b'])
  })

  test('waits while the API server cannot be reached, and says so once', async () => {
    const { clock, transport, informer, log } = prepared(() => new UnavailableError('connection refused'))
    transport.respond = () => new UnavailableError('connection refused')
    await clock.advance(600_000)
    expect(log.lines.map(({ text }) => text)).toEqual(['watching is interrupted'])
    transport.open = () => ok({})
    transport.respond = () => ok(page(['a'], ''))
    await clock.advance(30_000)
    expect(informer.hasSynced()).toBe(true)
    expect(log.lines.at(-1)?.text).toBe('watching again')
  })
})

describe('a watch', () => {
  test('tells who changed, and both how it was and how it is', async () => {
    const { clock, transport, informer } = await synced(['a', 3])
    const changes: string[] = []
    informer.onChange((change) => changes.push(`${change.key} ${version(change.old)} ${version(change.new)}`))
    transport.watch.send(modified('a', 12), added('b', 13), deleted('a', 14))
    await clock.advance(0)
    expect(changes).toEqual(['a - 3', 'a 3 12', 'b - 13', 'a 12 -'])
  })

  test('goes on where it ended', async () => {
    const { clock, transport } = await synced(['a', 3])
    transport.watch.send(modified('a', 12), bookmark(40))
    await clock.advance(170_000)
    transport.watch.send(bookmark(41))
    transport.watch.end()
    await clock.advance(0)
    expect(transport.streams).toHaveLength(2)
    expect(transport.watch.request.query).toMatchObject({ resourceVersion: '41' })
  })

  test('goes on after a reset, after a pause', async () => {
    const { clock, transport } = await synced(['a', 3])
    transport.watch.fail(new TimeoutError('connection reset'))
    await clock.advance(399)
    expect(transport.streams).toHaveLength(1)
    await clock.advance(401)
    expect(transport.streams).toHaveLength(2)
    expect(transport.watch.request.query).toMatchObject({ resourceVersion: '10' })
  })

  test.each([
    [
      'as a status',
      (transport: FakeTransport) => {
        transport.open = (request) => (isReplay(request) ? ok({}) : failed(410, { reason: 'Expired' }))
        transport.watch.fail(new TimeoutError('connection reset'))
      },
    ],
    [
      'in the middle of the stream',
      (transport: FakeTransport) => {
        transport.watch.send({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })
      },
    ],
  ])('that is too old (%s) is replaced by a new look, and what vanished meanwhile is told', async (_name, expire) => {
    const { clock, transport, informer, names } = await synced(['a', 3], ['b', 4])
    const gone: string[] = []
    informer.onChange((change) => void (change.new === undefined && gone.push(change.key)))
    expire(transport)
    await clock.advance(5_000)
    expect(isReplay(transport.watch.request)).toBe(true)
    expect(names()).toEqual(['a', 'b'])
    transport.watch.send(added('b', 4), added('c', 50), replayEnd(60))
    await clock.advance(0)
    expect(names()).toEqual(['b', 'c'])
    expect(gone).toEqual(['a'])
  })

  test.each([
    ['a word that is no event', 'nonsense'],
    ['an event without an object', { type: 'MODIFIED' }],
    ['an event without a version', { type: 'MODIFIED', object: { metadata: { name: 'a', uid: 'u-a' } } }],
    ['an event of an unknown type', { type: 'RENAMED', object: object('a', 12) }],
  ])('that says %s is not trusted: everything is read again', async (_name, event) => {
    const { clock, transport } = await synced(['a', 3])
    transport.watch.send(event)
    await clock.advance(1_000)
    expect(transport.streams).toHaveLength(2)
    expect(transport.streams[0]?.isClosed).toBe(true)
    expect(isReplay(transport.watch.request)).toBe(true)
  })

  test('that is half open is noticed after three minutes of silence', async () => {
    const { clock, transport } = await synced(['a', 3])
    await clock.advance(100_000)
    transport.watch.send(bookmark(11))
    await clock.advance(179_000)
    expect(transport.streams[0]?.isClosed).toBe(false)
    await clock.advance(3_000)
    expect(transport.streams[0]?.isClosed).toBe(true)
    expect(transport.streams).toHaveLength(2)
  })

  test('that is throttled waits as long as it is asked to', async () => {
    const { clock, transport } = await synced(['a', 3])
    transport.open = () => failed(429, { headers: { 'retry-after': '25' } })
    transport.watch.fail(new TimeoutError('connection reset'))
    let opened = 0
    await clock.advance(1_000)
    transport.open = () => ((opened += 1), ok({}))
    await clock.advance(23_000)
    expect(opened).toBe(0)
    await clock.advance(2_000)
    expect(opened).toBe(1)
  })

  test('that ends as soon as it is open does not spin', async () => {
    const { clock, transport } = await synced(['a', 3])
    let opened = 0
    transport.open = () => {
      opened += 1
      queueMicrotask(() => transport.watch.end())
      return ok({})
    }
    transport.watch.end()
    await clock.advance(120_000)
    expect(opened).toBeGreaterThan(3)
    expect(opened).toBeLessThan(15)
  })

  test('that has been healthy for a while comes back quickly, whatever happened before', async () => {
    const { clock, transport } = await synced(['a', 3])
    transport.open = () => failed(503)
    transport.watch.fail(new TimeoutError('connection reset'))
    await clock.advance(120_000)
    transport.open = () => {
      queueMicrotask(() => transport.watch.send(replayEnd(90)))
      return ok({})
    }
    for (let minute = 0; minute < 4; minute += 1) {
      await clock.advance(60_000)
      transport.watch.send(bookmark(100 + minute))
    }
    await clock.advance(0)
    const before = transport.streams.length
    transport.watch.fail(new TimeoutError('connection reset'))
    await clock.advance(800)
    expect(transport.streams).toHaveLength(before + 1)
  })

  test('never goes back: an older state of an object is not believed', async () => {
    const { clock, transport, informer } = await synced(['a', 3])
    transport.watch.send(modified('a', 12), modified('a', 8))
    await clock.advance(0)
    expect(version(informer.get({ name: 'a' }))).toBe('12')
  })

  test('is replaced by a full look every half hour, which finds what the watch has lost', async () => {
    const { clock, transport, names } = await synced(['a', 3], ['b', 4])
    for (let minute = 0; minute < 31 && transport.streams.length === 1; minute += 1) {
      await clock.advance(60_000)
      transport.watch.send(bookmark(100 + minute))
      await clock.advance(0)
    }
    expect(transport.streams).toHaveLength(2)
    transport.watch.send(added('b', 4), replayEnd(200))
    await clock.advance(0)
    expect(names()).toEqual(['b'])
  })

  test('is replaced by a full look with the next word where somebody doubts what it shows', async () => {
    const { clock, informer, transport, names } = await synced(['a', 3])
    informer.doubt()
    await clock.advance(0)
    expect(transport.streams).toHaveLength(1)
    transport.watch.send(bookmark(100))
    await clock.advance(0)
    expect(transport.streams).toHaveLength(2)
    transport.watch.send(added('a', 3), added('lost', 4), replayEnd(200))
    await clock.advance(0)
    expect(names()).toEqual(['a', 'lost'])
  })

  test('asks for an end of its own between five and ten minutes', async () => {
    const { transport } = await started()
    const timeout = Number(transport.watch.request.query?.['timeoutSeconds'])
    expect(timeout).toBeGreaterThanOrEqual(300)
    expect(timeout).toBeLessThanOrEqual(600)
  })
})

describe('a full look', () => {
  test('that is older than what was seen is not believed, unless the server insists', async () => {
    const { clock, transport, names } = await synced(['a', 3])
    transport.watch.send({ type: 'ERROR', object: { code: 410 } })
    for (let look = 0; look < 3; look += 1) {
      await clock.advance(5_000)
      transport.respond = () => ok({ metadata: { resourceVersion: '5' }, items: [object('z', 2)] })
      if (transport.streams.length === 2 + look) transport.watch.send(added('z', 2), replayEnd(5))
      await clock.advance(0)
      expect(names()).toContain('a')
    }
    await clock.advance(60_000)
    expect(names()).toEqual(['z'])
  })
})

describe('a cache', () => {
  test('knows how long nothing was heard', async () => {
    const { clock, transport, informer } = await synced(['a', 3])
    await clock.advance(45_000)
    expect(informer.stalenessMs()).toBe(45_000)
    transport.watch.send(bookmark(11))
    await clock.advance(0)
    expect(informer.stalenessMs()).toBe(0)
  })

  test('says that it does not yet show what we wrote', async () => {
    const { clock, transport, informer } = await synced(['a', 3])
    informer.wroteAt('a', '15')
    expect(informer.isCurrent('a')).toBe(false)
    transport.watch.send(modified('a', 14))
    await clock.advance(0)
    expect(informer.isCurrent('a')).toBe(false)
    transport.watch.send(modified('a', 15))
    await clock.advance(0)
    expect(informer.isCurrent('a')).toBe(true)
  })

  test('is current again when what we wrote was deleted by somebody else', async () => {
    const { clock, transport, informer } = await synced(['a', 3])
    informer.wroteAt('a', '15')
    transport.watch.send(deleted('a', 16))
    await clock.advance(0)
    expect(informer.isCurrent('a')).toBe(true)
  })

  test('does not wait for what we wrote in a past that was taken back', async () => {
    const { clock, transport, informer, names } = await synced(['a', 3])
    informer.wroteAt('a', '15')
    transport.watch.send({ type: 'ERROR', object: { code: 410 } })
    transport.respond = () => ok({ metadata: { resourceVersion: '5' }, items: [object('a', 2)] })
    for (let look = 0; look < 5; look += 1) {
      await clock.advance(20_000)
      if (transport.streams.length > 1) transport.watch.send(added('a', 2), replayEnd(5))
    }
    await clock.advance(60_000)
    expect([names(), version(informer.get({ name: 'a' }))]).toEqual([['a'], '2'])
    expect(informer.isCurrent('a')).toBe(true)
  })

  test('survives a handler that throws, and counts it as a defect', async () => {
    const { clock, transport, informer, log, names } = await synced()
    informer.onChange(() => {
      throw new TypeError('x is not a function')
    })
    transport.watch.send(added('b', 12))
    await clock.advance(0)
    expect(names()).toEqual(['b'])
    expect(informer.defects).toBe(1)
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { key: 'b' } })
  })

  test('does not survive a broken invariant', async () => {
    const { transport, informer, running } = await synced()
    informer.onChange(() => {
      throw new BrokenInvariantError('two leaders')
    })
    transport.watch.send(added('b', 12))
    await expect(running).rejects.toThrow(BrokenInvariantError)
  })

  test('stops with its signal, and leaves no watch open', async () => {
    const { clock, transport, running, stop } = await synced(['a', 3])
    stop.abort()
    await clock.advance(0)
    await running
    expect(transport.watch.isClosed).toBe(true)
  })

  test('stops in the midst of a long list, after the page under way', async () => {
    const { clock, transport, running, stop } = prepared(() => failed(400))
    let isOver = false
    void running.then(() => (isOver = true))
    transport.respond = async () => {
      await clock.sleep(1_000)
      return ok(page(['a'], 'token'))
    }
    await clock.advance(5_500)
    stop.abort()
    await clock.advance(1_000)
    expect([isOver, transport.requests.length]).toEqual([true, 6])
  })
})
