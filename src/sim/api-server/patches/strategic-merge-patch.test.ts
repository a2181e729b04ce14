import { describe, expect, test } from 'vitest'
import { assert } from '../../../kernel/assert.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { structNamed } from '../shapes/shape.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'

const deployment = structNamed('apps.v1.Deployment')
assert(deployment !== undefined, 'no shape for deployments')

const patched = (original: JsonObject, patch: JsonObject): JsonObject =>
  strategicMergePatch(original, patch, deployment)

const containers = (...names: readonly string[]): JsonObject => ({
  spec: { template: { spec: { containers: names.map((name) => ({ name, image: `${name}:1` })) } } },
})

const inContainers = (members: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  spec: { template: { spec: { containers: members, ...more } } },
})

describe('a strategic merge patch', () => {
  test('merges a list by its key', () => {
    expect(patched(containers('a', 'b'), inContainers([{ name: 'b', image: 'b:2' }]))).toEqual(
      inContainers([
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:2' },
      ]),
    )
  })

  test('puts new members before those it does not mention', () => {
    const { spec } = patched(containers('a'), inContainers([{ name: 'new' }]))
    expect(spec).toEqual(inContainers([{ name: 'new' }, { name: 'a', image: 'a:1' }])['spec'])
  })

  test('deletes a member by its key, or replaces the whole list', () => {
    expect(patched(containers('a', 'b'), inContainers([{ name: 'a', $patch: 'delete' }]))).toEqual(containers('b'))
    expect(patched(containers('a', 'b'), inContainers([{ name: 'c' }, { $patch: 'replace' }]))).toEqual(
      inContainers([{ name: 'c' }]),
    )
  })

  test('orders as the client sees it', () => {
    const order = { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }
    expect(patched(containers('a', 'b'), { spec: { template: { spec: order } } })).toEqual(containers('b', 'a'))
    expect(patched(containers('a', 'b'), inContainers([{ name: 'a', image: 'a:2' }], order))).toEqual(
      inContainers([
        { name: 'b', image: 'b:1' },
        { name: 'a', image: 'a:2' },
      ]),
    )
  })

  test('merges lists of words, and takes words away', () => {
    const original = { metadata: { finalizers: ['a', 'b'] } }
    expect(patched(original, { metadata: { finalizers: ['c'] } })).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    })
    expect(patched(original, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    })
  })

  test('replaces lists that have no key', () => {
    const tolerations = (key: string): JsonObject => ({ spec: { template: { spec: { tolerations: [{ key }] } } } })
    expect(patched(tolerations('a'), tolerations('b'))).toEqual(tolerations('b'))
  })

  test('retains only the keys it names', () => {
    const original = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
    expect(patched(original, patch)).toEqual({ spec: { strategy: { type: 'Recreate' } } })
  })

  test('empties or replaces a map when told so, and null takes a member away', () => {
    const original = { metadata: { labels: { a: '1', b: '2' } } }
    expect(patched(original, { metadata: { labels: { $patch: 'delete' } } })).toEqual({ metadata: { labels: {} } })
    expect(patched(original, { metadata: { labels: { $patch: 'replace', c: '3' } } })).toEqual({
      metadata: { labels: { c: '3' } },
    })
    expect(patched(original, { metadata: { labels: { a: null } } })).toEqual({ metadata: { labels: { b: '2' } } })
  })

  test('takes what is new as it is, but for directives and nulls', () => {
    const patch = { metadata: { labels: { a: '1', b: null }, annotations: { $patch: 'delete' } } }
    expect(patched({}, patch)).toEqual({ metadata: { labels: { a: '1' } } })
  })

  test.each<[JsonObject, string]>([
    [inContainers([{ image: 'x' }]), 'map: map[image:x] does not contain declared merge key: name'],
    [{ metadata: { labels: { $patch: 'bogus' } } }, 'unknown patch type: bogus in map: map[$patch:bogus]'],
  ])('%j makes no sense', (patch, message) => {
    expect(() => patched({ ...containers('a'), metadata: { labels: { a: '1' } } }, patch)).toThrow(message)
  })
})
