import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted, dataOf, failure, resourceVersionOf, specOf } from '../answers.ts'
import { freshConfigMaps, freshNode, named, nodesPath } from '../objects.ts'
import type { Target } from '../target.ts'

const rejected = '422 Invalid: the server rejected our request due to an error in our request'

export function jsonPatchCases({ client }: Target): void {
  const configMap = async (data: Record<string, string>): Promise<string> => {
    const path = await freshConfigMaps(client)
    accepted(await client.create(path, named('a', { data })))
    return `${path}/a`
  }
  const finalizers = async (...names: readonly string[]): Promise<string> => {
    const path = await freshConfigMaps(client)
    accepted(await client.create(path, { metadata: { name: 'a', finalizers: names } }))
    return `${path}/a`
  }

  describe('JSON patch', () => {
    test('add, replace, remove, move, copy, in order', async () => {
      const path = await configMap({ a: '1', b: '2', c: '3' })
      const answer = await client.jsonPatch(path, [
        { op: 'add', path: '/data/d', value: '4' },
        { op: 'replace', path: '/data/a', value: '9' },
        { op: 'remove', path: '/data/b' },
        { op: 'move', from: '/data/c', path: '/data/e' },
        { op: 'copy', from: '/data/d', path: '/data/f' },
      ])
      expect(dataOf(answer)).toEqual({ a: '9', d: '4', e: '3', f: '4' })
    })

    test('a test that holds lets the rest through', async () => {
      const path = await configMap({ a: '1' })
      const answer = await client.jsonPatch(path, [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'replace', path: '/data/a', value: '2' },
      ])
      expect(dataOf(answer)).toEqual({ a: '2' })
    })

    test('a test that fails: 422 without details, and nothing changes', async () => {
      const path = await configMap({ a: '1' })
      const answer = await client.jsonPatch(path, [
        { op: 'replace', path: '/data/a', value: '2' },
        { op: 'test', path: '/data/a', value: '1' },
      ])
      expect(failure(answer)).toBe(rejected)
      expect(answer.body).toMatchObject({ details: {}, code: 422 })
      expect(dataOf(await client.get(path))).toEqual({ a: '1' })
    })

    test('a test of a stale resourceVersion: 422, not 409', async () => {
      const path = await configMap({ a: '1' })
      const stale = resourceVersionOf(await client.get(path))
      accepted(await client.mergePatch(path, { data: { a: '2' } }))
      const answer = await client.jsonPatch(path, [
        { op: 'test', path: '/metadata/resourceVersion', value: stale },
        { op: 'replace', path: '/data/a', value: '3' },
      ])
      expect(failure(answer)).toBe(rejected)
    })

    test('a test of the newest resourceVersion holds', async () => {
      const path = await configMap({ a: '1' })
      const value = resourceVersionOf(await client.get(path))
      const answer = await client.jsonPatch(path, [
        { op: 'test', path: '/metadata/resourceVersion', value },
        { op: 'replace', path: '/data/a', value: '2' },
      ])
      expect(dataOf(answer)).toEqual({ a: '2' })
    })

    test('a stale resourceVersion put into the object: 409', async () => {
      const path = await configMap({ a: '1' })
      const stale = resourceVersionOf(await client.get(path))
      accepted(await client.mergePatch(path, { data: { a: '2' } }))
      const answer = await client.jsonPatch(path, [{ op: 'replace', path: '/metadata/resourceVersion', value: stale }])
      expect(failure(answer)).toContain(
        '409 Conflict: Operation cannot be fulfilled on configmaps "a": the object has been modified',
      )
    })

    test('tests compare values deeply, member order aside', async () => {
      const taints = [{ key: 'a', value: 'b', effect: 'NoSchedule' }]
      const name = await freshNode(client, { spec: { taints } })
      const answer = await client.jsonPatch(`${nodesPath}/${name}`, [
        { op: 'test', path: '/spec/taints', value: [{ effect: 'NoSchedule', value: 'b', key: 'a' }] },
        { op: 'replace', path: '/spec/taints', value: [] },
      ])
      expect(specOf(answer)).toEqual({})
    })

    test('a test of a missing member: holds only against null', async () => {
      const path = await configMap({ a: '1' })
      expect(failure(await client.jsonPatch(path, [{ op: 'test', path: '/data/none', value: 'x' }]))).toBe(rejected)
      expect((await client.jsonPatch(path, [{ op: 'test', path: '/data/none', value: null }])).status).toBe(200)
    })

    test('remove of what is not there: 422', async () => {
      const path = await configMap({ a: '1' })
      expect(failure(await client.jsonPatch(path, [{ op: 'remove', path: '/data/none' }]))).toBe(rejected)
      expect(failure(await client.jsonPatch(path, [{ op: 'remove', path: '/binaryData/none' }]))).toBe(rejected)
    })

    test('replace of a missing member adds it', async () => {
      const path = await configMap({ a: '1' })
      const answer = await client.jsonPatch(path, [{ op: 'replace', path: '/data/b', value: '2' }])
      expect(dataOf(answer)).toEqual({ a: '1', b: '2' })
    })

    test('add under a missing parent: 422', async () => {
      const path = await configMap({ a: '1' })
      expect(failure(await client.jsonPatch(path, [{ op: 'add', path: '/metadata/annotations/x', value: 'y' }]))).toBe(
        rejected,
      )
    })

    test('~1 is a slash and ~0 a tilde', async () => {
      const path = await configMap({ a: '1' })
      const answer = await client.jsonPatch(path, [
        { op: 'add', path: '/metadata/annotations', value: {} },
        { op: 'add', path: '/metadata/annotations/prunella.dev~1run', value: 'yes' },
        { op: 'test', path: '/metadata/annotations', value: { 'prunella.dev/run': 'yes' } },
      ])
      expect(at(answer.body, 'metadata', 'annotations')).toEqual({ 'prunella.dev/run': 'yes' })
    })

    test('lists: - appends, an index inserts, remove closes the gap', async () => {
      const path = await finalizers('a.test/a', 'a.test/b')
      const answer = await client.jsonPatch(path, [
        { op: 'add', path: '/metadata/finalizers/-', value: 'a.test/end' },
        { op: 'add', path: '/metadata/finalizers/0', value: 'a.test/start' },
        { op: 'remove', path: '/metadata/finalizers/1' },
      ])
      expect(at(answer.body, 'metadata', 'finalizers')).toEqual(['a.test/start', 'a.test/b', 'a.test/end'])
    })

    test.each([
      ['add beyond the end', { op: 'add', path: '/metadata/finalizers/9', value: 'a.test/x' }],
      ['remove beyond the end', { op: 'remove', path: '/metadata/finalizers/9' }],
      ['replace beyond the end', { op: 'replace', path: '/metadata/finalizers/9', value: 'a.test/x' }],
      ['an index that is no number', { op: 'add', path: '/metadata/finalizers/one', value: 'a.test/x' }],
      ['an unknown operation', { op: 'merge', path: '/metadata/finalizers', value: [] }],
      ['no path', { op: 'add', value: 'x' }],
    ])('%s: 422', async (_, operation) => {
      expect(failure(await client.jsonPatch(await finalizers('a.test/a'), [operation]))).toBe(rejected)
    })

    test.each([
      ['an object instead of a list', { op: 'add' }],
      ['broken JSON', '[{'],
    ])('%s: 400', async (_, body) => {
      expect(failure(await client.jsonPatch(await configMap({}), body))).toMatch(
        /^400 BadRequest: error decoding patch: /,
      )
    })

    test('a result that is invalid: 422 of the object', async () => {
      const path = await finalizers('a.test/a')
      const answer = await client.jsonPatch(path, [{ op: 'add', path: '/metadata/finalizers/-', value: 'plain' }])
      expect(failure(answer)).toContain(
        '422 Invalid: ConfigMap "a" is invalid: metadata.finalizers[1]: Invalid value: "plain"',
      )
    })

    test('an empty patch changes nothing', async () => {
      const path = await configMap({ a: '1' })
      const before = await client.get(path)
      expect(resourceVersionOf(await client.jsonPatch(path, []))).toBe(resourceVersionOf(before))
    })
  })
}
