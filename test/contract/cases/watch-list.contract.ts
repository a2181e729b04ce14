import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, resourceVersionOf } from '../answers.ts'
import { freshConfigMaps, named } from '../objects.ts'
import type { Target } from '../target.ts'

const streaming = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true } as const

export function watchListCases({ client }: Target): void {
  const filled = async (...names: readonly string[]): Promise<string> => {
    const path = await freshConfigMaps(client)
    for (const name of names) accepted(await client.create(path, named(name)))
    return path
  }

  describe.concurrent('watch-list', () => {
    test('sends what is there, then a bookmark that says so, then changes', async () => {
      const path = await filled('a', 'b')
      const watch = await client.watch(path, streaming)
      expect(await watch.take(3)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK'])
      accepted(await client.create(path, named('c')))
      expect(await watch.take(1)).toEqual(['ADDED c'])
      watch.close()
    })

    test('the bookmark carries the annotation and a resourceVersion to go on from', async () => {
      const path = await filled('a')
      const watch = await client.watch(path, streaming)
      await watch.take(1)
      const bookmark = await watch.next()
      expect(at(bookmark?.object, 'metadata', 'annotations')).toEqual({ 'k8s.io/initial-events-end': 'true' })
      const resourceVersion = textAt(bookmark?.object, 'metadata', 'resourceVersion') ?? ''
      watch.close()
      accepted(await client.create(path, named('b')))
      const next = await client.watch(path, { resourceVersion })
      expect(await next.take(1)).toEqual(['ADDED b'])
      next.close()
    })

    test('of an empty collection: the bookmark at once', async () => {
      const watch = await client.watch(await filled(), streaming)
      expect(await watch.take(1)).toEqual(['BOOKMARK'])
      watch.close()
    })

    test('obeys selectors', async () => {
      const path = await filled('a', 'b')
      const watch = await client.watch(path, { ...streaming, fieldSelector: 'metadata.name=b' })
      expect(await watch.take(2)).toEqual(['ADDED b', 'BOOKMARK'])
      watch.close()
    })

    test('not older than a write: the write is among the initial events', async () => {
      const path = await filled('a')
      const resourceVersion = resourceVersionOf(await client.get(`${path}/a`))
      const watch = await client.watch(path, { ...streaming, resourceVersion })
      expect(await watch.take(2)).toEqual(['ADDED a', 'BOOKMARK'])
      watch.close()
    })

    test('without allowWatchBookmarks: no bookmark', async () => {
      const path = await filled('a')
      const watch = await client.watch(path, {
        sendInitialEvents: true,
        resourceVersionMatch: 'NotOlderThan',
        timeoutSeconds: 1,
      })
      expect(await watch.take(3)).toEqual(['ADDED a'])
    })

    test('sendInitialEvents=false: changes only', async () => {
      const path = await filled('a')
      const resourceVersion = resourceVersionOf(await client.get(path))
      const watch = await client.watch(path, { ...streaming, sendInitialEvents: false, resourceVersion })
      accepted(await client.create(path, named('b')))
      expect(await watch.take(1)).toEqual(['ADDED b'])
      watch.close()
    })

    test.each([
      [
        { sendInitialEvents: true, allowWatchBookmarks: true },
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ],
      [
        { resourceVersionMatch: 'NotOlderThan' },
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ],
      [{ ...streaming, resourceVersionMatch: 'Exact' }, 'Unsupported value: "Exact": supported values: "NotOlderThan"'],
    ])('%j: 422', async (query, message) => {
      const watch = await client.watch(await filled(), query)
      expect(watch.status).toBe(422)
      const answer = await watch.next()
      expect(textAt(answer?.object, 'message')).toContain(message)
      expect(textAt(answer?.object, 'reason')).toBe('Invalid')
    })

    test('a resourceVersion of the future: an ERROR event of 504', async () => {
      const watch = await client.watch(await filled('a'), { ...streaming, resourceVersion: '99999999' })
      expect(watch.status).toBe(200)
      expect(await watch.next(6_000)).toMatchObject({
        type: 'ERROR',
        object: { code: 504, reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
      })
      watch.close()
    })
  })
}
