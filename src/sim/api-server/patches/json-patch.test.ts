import { describe, expect, test } from 'vitest'
import type { Json } from '../../../kernel/json.ts'
import { jsonPatch, RejectedPatchError } from './json-patch.ts'

const document: Json = { spec: { taints: [{ key: 'a' }, { key: 'b' }] }, metadata: { labels: { 'x/y': '1' } } }

describe('a JSON patch', () => {
  test.each<[string, Json[], Json]>([
    [
      'adds a member',
      [{ op: 'add', path: '/spec/a', value: 1 }],
      { ...document, spec: { taints: [{ key: 'a' }, { key: 'b' }], a: 1 } },
    ],
    [
      'inserts into a list, and appends',
      [
        { op: 'add', path: '/spec/taints/0', value: 0 },
        { op: 'add', path: '/spec/taints/-', value: 9 },
      ],
      { ...document, spec: { taints: [0, { key: 'a' }, { key: 'b' }, 9] } },
    ],
    ['removes', [{ op: 'remove', path: '/spec/taints/0' }], { ...document, spec: { taints: [{ key: 'b' }] } }],
    ['unescapes', [{ op: 'remove', path: '/metadata/labels/x~1y' }], { ...document, metadata: { labels: {} } }],
    ['replaces what is missing', [{ op: 'replace', path: '/status', value: 1 }], { ...document, status: 1 }],
    ['copies null from nowhere', [{ op: 'copy', from: '/nowhere', path: '/status' }], { ...document, status: null }],
    [
      'moves',
      [{ op: 'move', from: '/spec/taints/0/key', path: '/name' }],
      { ...document, name: 'a', spec: { taints: [{}, { key: 'b' }] } },
    ],
    ['counts from the end', [{ op: 'test', path: '/spec/taints/-1/key', value: 'b' }], document],
    ['finds null where nothing is', [{ op: 'test', path: '/spec/none', value: null }], document],
    ['replaces the whole', [{ op: 'replace', path: '', value: { a: 1 } }], { a: 1 }],
  ])('%s', (_, operations, expected) => {
    expect(jsonPatch(document, operations)).toEqual(expected)
  })

  test.each<[string, Json]>([
    ['a test that fails', { op: 'test', path: '/spec/taints/0/key', value: 'z' }],
    ['removing nothing', { op: 'remove', path: '/spec/none' }],
    ['an index behind the end', { op: 'add', path: '/spec/taints/9', value: 1 }],
    ['a way through nothing', { op: 'add', path: '/none/a', value: 1 }],
    ['an unknown operation', { op: 'increment', path: '/spec' }],
    ['no path', { op: 'add', value: 1 }],
    ['moving nothing', { op: 'move', from: '/none', path: '/a' }],
  ])('is rejected for %s', (_, operation) => {
    expect(() => jsonPatch(document, [operation])).toThrow(RejectedPatchError)
  })

  test('leaves the document as it was', () => {
    const before = structuredClone(document)
    jsonPatch(document, [{ op: 'add', path: '/spec/taints/0', value: 1 }])
    expect(document).toEqual(before)
  })
})
