import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, resourceVersionOf } from '../answers.ts'
import { fresh, freshConfigMaps, freshNamespace, named, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

export function watchCases({ client, bookmark }: Target): void {
  const filled = async (...names: readonly string[]): Promise<string> => {
    const path = await freshConfigMaps(client)
    for (const name of names) accepted(await client.create(path, named(name)))
    return path
  }
  const newest = async (path: string): Promise<string> => resourceVersionOf(await client.get(path))

  describe.concurrent('watch', () => {
    test('from the resourceVersion of a list: every later change, in order', async () => {
      const path = await filled('a')
      const watch = await client.watch(path, { resourceVersion: await newest(path) })
      accepted(await client.create(path, named('b')))
      accepted(await client.mergePatch(`${path}/b`, { data: { key: 'value' } }))
      accepted(await client.remove(`${path}/b`))
      expect(await watch.take(3)).toEqual(['ADDED b', 'MODIFIED b', 'DELETED b'])
      watch.close()
    })

    test('from a past resourceVersion: what was missed comes first', async () => {
      const path = await filled('a')
      const then = await newest(path)
      accepted(await client.create(path, named('b')))
      accepted(await client.remove(`${path}/a`))
      const watch = await client.watch(path, { resourceVersion: then })
      expect(await watch.take(2)).toEqual(['ADDED b', 'DELETED a'])
      watch.close()
    })

    test.each([{ resourceVersion: 0 }, {}])('with %j: what is there as ADDED, then changes', async (query) => {
      const path = await filled('a', 'b')
      const watch = await client.watch(path, query)
      expect((await watch.take(2)).toSorted()).toEqual(['ADDED a', 'ADDED b'])
      accepted(await client.remove(`${path}/a`))
      expect(await watch.take(1)).toEqual(['DELETED a'])
      watch.close()
    })

    test('the deleted object carries its last state and the resourceVersion of its deletion', async () => {
      const path = await filled('a')
      const last = accepted(await client.mergePatch(`${path}/a`, { data: { key: 'value' } }))
      const watch = await client.watch(path, { resourceVersion: resourceVersionOf(last) })
      accepted(await client.remove(`${path}/a`))
      const event = await watch.next()
      expect(event).toMatchObject({
        type: 'DELETED',
        object: { kind: 'ConfigMap', apiVersion: 'v1', data: { key: 'value' } },
      })
      expect(Number(textAt(event?.object, 'metadata', 'resourceVersion'))).toBeGreaterThan(
        Number(resourceVersionOf(last)),
      )
      watch.close()
    })

    test('an object that begins to match is ADDED, one that ceases is DELETED', async () => {
      const path = await filled('a')
      const watch = await client.watch(path, { resourceVersion: await newest(path), labelSelector: 'sick=true' })
      const label = async (sick: string | null) =>
        accepted(await client.mergePatch(`${path}/a`, { metadata: { labels: { sick } } }))
      await label('true')
      accepted(await client.mergePatch(`${path}/a`, { data: { key: 'value' } }))
      await label('false')
      await label(null)
      await label('true')
      expect(await watch.take(4)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a'])
      watch.close()
    })

    test('the object that ceases to match is told as it last matched', async () => {
      const path = await filled('a')
      accepted(await client.mergePatch(`${path}/a`, { metadata: { labels: { sick: 'true' } } }))
      const watch = await client.watch(path, { resourceVersion: await newest(path), labelSelector: 'sick' })
      const left = accepted(await client.mergePatch(`${path}/a`, { metadata: { labels: null } }))
      const event = await watch.next()
      expect(event).toMatchObject({ type: 'DELETED', object: { metadata: { labels: { sick: 'true' } } } })
      expect(textAt(event?.object, 'metadata', 'resourceVersion')).toBe(resourceVersionOf(left))
      watch.close()
    })

    test('a field selector moves pods in and out', async () => {
      const path = podsOf(await freshNamespace(client))
      const created = accepted(await client.create(path, pod('a')))
      const watch = await client.watch(path, {
        resourceVersion: resourceVersionOf(created),
        fieldSelector: 'status.phase=Running',
      })
      const phase = async (name: string) =>
        accepted(await client.mergePatch(`${path}/a/status`, { status: { phase: name } }))
      await phase('Running')
      await phase('Failed')
      expect(await watch.take(2)).toEqual(['ADDED a', 'DELETED a'])
      watch.close()
    })

    test('one object by its name', async () => {
      const path = await filled('a', 'b')
      const watch = await client.watch(path, { resourceVersion: 0, fieldSelector: 'metadata.name=b' })
      accepted(await client.remove(`${path}/a`))
      accepted(await client.remove(`${path}/b`))
      expect(await watch.take(2)).toEqual(['ADDED b', 'DELETED b'])
      watch.close()
    })

    test('other namespaces are not seen, from above they are', async () => {
      const [mine, other, labels] = [await filled(), await filled(), { run: fresh('run') }]
      const query = { resourceVersion: await newest(mine), labelSelector: `run=${labels.run}` }
      const narrow = await client.watch(mine, query)
      const wide = await client.watch('/api/v1/configmaps', query)
      accepted(await client.create(other, { metadata: { name: 'x', labels } }))
      accepted(await client.create(mine, { metadata: { name: 'y', labels } }))
      expect(await narrow.take(1)).toEqual(['ADDED y'])
      expect(await wide.take(2)).toEqual(['ADDED x', 'ADDED y'])
      narrow.close()
      wide.close()
    })

    test('timeoutSeconds ends it, without an error', async () => {
      const path = await filled()
      const watch = await client.watch(path, { resourceVersion: await newest(path), timeoutSeconds: 1 })
      expect(await watch.next(5_000)).toBeUndefined()
      expect(await watch.ends(100)).toBe(true)
    })

    test('bookmarks are sent before the end, only to those who asked', async () => {
      const path = await filled()
      const query = { resourceVersion: await newest(path), timeoutSeconds: 5 }
      const silent = await client.watch(path, query)
      const watch = await client.watch(path, { ...query, allowWatchBookmarks: true })
      accepted(await client.create(await freshConfigMaps(client), named('elsewhere')))
      await bookmark()
      const event = await watch.next(6_000)
      expect(event).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1' } })
      expect(Number(textAt(event?.object, 'metadata', 'resourceVersion'))).toBeGreaterThan(
        Number(query.resourceVersion),
      )
      expect(Object.keys(at(event?.object, 'metadata') ?? {})).not.toContain('name')
      expect(await silent.next(6_000)).toBeUndefined()
    })

    test('a resourceVersion of the future: silence until the time is over', async () => {
      const watch = await client.watch(await filled('a'), { resourceVersion: '99999999', timeoutSeconds: 1 })
      expect(watch.status).toBe(200)
      expect(await watch.next(6_000)).toBeUndefined()
    })

    test('a resourceVersion that is no number is refused', async () => {
      const watch = await client.watch(await filled(), { resourceVersion: 'junk' })
      expect(watch.status).toBe(500)
    })

    test('a malformed selector: 400', async () => {
      const watch = await client.watch(await filled(), { labelSelector: 'a in (b' })
      expect(watch.status).toBe(400)
      expect(await watch.next()).toMatchObject({ type: 'Status', object: { reason: 'BadRequest' } })
    })

    test('an unknown field selector: 400', async () => {
      const watch = await client.watch(await filled(), { fieldSelector: 'spec.foo=1' })
      expect(watch.status).toBe(400)
    })
  })
}
