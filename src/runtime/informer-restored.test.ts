import { describe, expect, test } from 'vitest'
import { UnavailableError } from '../ports/errors.ts'
import { ok } from './fake-transport.fixture.ts'
import { object, replayEnd, synced, version } from './informer.fixture.ts'

describe('a past that was taken back', () => {
  /** A server that was restored from a backup, in the midst of the look that is believed: the second page is awaited. */
  async function restored() {
    const parts = await synced(['a', 3], ['b', 4], ['c', 5])
    const { clock, transport, informer } = parts
    const changes: string[] = []
    const seen: string[] = []
    informer.onChange(({ key, old, new: now }) => {
      changes.push(`${key} ${version(old)} ${version(now)}`)
      seen.push(parts.names().join())
    })
    changes.length = 0
    seen.length = 0
    const second = Promise.withResolvers<ReturnType<typeof ok>>()
    const fresh = { ...object('c', 1), metadata: { name: 'c', uid: 'another', resourceVersion: '1' } }
    const full = { metadata: { resourceVersion: '5' }, items: [object('a', 2), fresh, object('z', 3)] }
    transport.watch.send({ type: 'ERROR', object: { code: 410 } })
    let lists = 0
    transport.respond = ({ query }) => {
      if (query?.['continue'] !== undefined) return second.promise
      lists += 1
      // Three looks that are not believed, the first two of them replays.
      if (lists === 1) return ok({ metadata: { resourceVersion: '5' }, items: [] })
      return ok({ metadata: { resourceVersion: '5', continue: 'more' }, items: full.items.slice(0, 1) })
    }
    for (let look = 0; look < 2; look += 1) {
      await clock.advance(5_000)
      transport.watch.send(replayEnd(5))
    }
    await clock.advance(60_000)
    expect(lists).toBe(2)
    const finish = async () => {
      second.resolve(ok({ metadata: { resourceVersion: '5' }, items: full.items.slice(1) }))
      await clock.advance(0)
    }
    const breakOff = async () => {
      second.reject(new UnavailableError('connection refused'))
      await clock.advance(0)
    }
    return { ...parts, changes, seen, finish, breakOff }
  }

  test('is shown as it was until the whole is there, and is trusted by nobody', async () => {
    const { informer, names, changes } = await restored()
    expect([changes, names(), version(informer.get({ name: 'a' }))]).toEqual([[], ['a', 'b', 'c'], '3'])
    expect(informer.stalenessMs()).toBe(Number.POSITIVE_INFINITY)
    expect(informer.hasSynced()).toBe(true)
  })

  test('is replaced in one step: only what is gone is told to be gone', async () => {
    const { informer, names, changes, seen, finish } = await restored()
    await finish()
    expect(names().toSorted()).toEqual(['a', 'c', 'z'])
    expect(changes.toSorted()).toEqual(['a 3 2', 'b 4 -', 'c - 1', 'c 5 -', 'z - 3'])
    expect(changes.indexOf('c 5 -')).toBeLessThan(changes.indexOf('c - 1'))
    expect(new Set(seen)).toEqual(new Set([names().join()]))
    expect(informer.stalenessMs()).toBe(0)
  })

  test('stays as it was when the look breaks off', async () => {
    const { informer, names, changes, breakOff } = await restored()
    await breakOff()
    expect([changes, names()]).toEqual([[], ['a', 'b', 'c']])
    expect(informer.stalenessMs()).toBe(Number.POSITIVE_INFINITY)
  })

  test('what is written meanwhile is not shown by it', async () => {
    const { informer, finish } = await restored()
    informer.wroteAt('a', '2')
    informer.wroteAt('b', '9')
    expect([informer.isCurrent('a'), informer.isCurrent('b')]).toEqual([false, false])
    await finish()
    expect([informer.isCurrent('a'), informer.isCurrent('b')]).toEqual([true, false])
  })
})
