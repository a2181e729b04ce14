import { expect, test } from 'vitest'
import { at, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { instant } from '../../../kernel/time.ts'
import { parseJsonPath } from '../crd/json-path.ts'
import recorded from './fixtures/recorded.json' with { type: 'json' }
import type { TableRequest } from './table-request.ts'
import { toTable } from './to-table.ts'

const requestOf = (key: string, more: Partial<TableRequest> = {}): TableRequest => ({
  group: key.includes('/') ? key.slice(0, key.indexOf('/')) : '',
  plural: key.slice(key.indexOf('/') + 1),
  now: instant(0),
  includeObject: 'None',
  metadata: {},
  ...more,
})

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** What scripts/record-tables.ts had a real kube-apiserver print. */
const printed = recorded.map((one) => [`${one.key} ${one.object.metadata.name}`, one] as const)

test.each(printed)('%s is printed as the real server does', (_, one) => {
  const now = instant(Date.parse(one.now))
  const table = toTable(requestOf(one.key, { now }), [objectOf(one.object)])
  expect(listAt(table, 'rows', 0, 'cells')).toEqual(one.cells)
  expect(at(table, 'rows', 0, 'conditions')).toEqual('conditions' in one ? one.conditions : undefined)
  expect(listAt(table, 'columnDefinitions')).toHaveLength(one.cells.length)
})

test('a kind without a printer shows when it was created', () => {
  const object = { metadata: { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' } }
  const table = toTable(requestOf('example.com/things'), [object])
  expect(listAt(table, 'columnDefinitions').map((column) => textAt(column, 'name'))).toEqual(['Name', 'Created At'])
  expect(listAt(table, 'rows', 0, 'cells')).toEqual(['x', '2026-01-01T00:00:00Z'])
})

const column = (name: string, type: string, path: string) => {
  const parsed = parseJsonPath(path)
  return { name, type, format: '', description: '', priority: 0, select: parsed.ok ? parsed.select : () => [] }
}

test('a custom resource shows its columns by their types', () => {
  const object = {
    metadata: { name: 'x' },
    spec: { mode: 'Observe', count: 2.7, at: '1970-01-01T00:00:00Z', flag: true, list: ['a', { b: 1 }], none: null },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Fine' }] },
  }
  const printerColumns = [
    column('Mode', 'string', '.spec.mode'),
    column('Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'),
    column('Count', 'integer', '.spec.count'),
    column('Flag', 'boolean', '.spec.flag'),
    column('At', 'date', '.spec.at'),
    column('List', 'string', '.spec.list'),
    column('Missing', 'string', '.spec.missing'),
    column('Mistyped', 'integer', '.spec.mode'),
    column('None', 'integer', '.spec.none'),
  ]
  const table = toTable(requestOf('example.com/things', { printerColumns, now: instant(90_000) }), [object])
  expect(listAt(table, 'rows', 0, 'cells')).toEqual([
    'x',
    'Observe',
    'True',
    2,
    true,
    '90s',
    '["a",{"b":1}]',
    null,
    null,
    null,
  ])
  const bare = toTable(requestOf('example.com/things', { printerColumns: [] }), [object])
  expect(listAt(bare, 'columnDefinitions').map((one) => textAt(one, 'name'))).toEqual(['Name', 'Age'])
})

test('rows carry nothing, metadata or everything, and the list keeps its place', () => {
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u' }, spec: {} }
  const row = (includeObject: TableRequest['includeObject']) =>
    at(toTable(requestOf('nodes', { includeObject }), [object]), 'rows', 0, 'object')
  expect(row('None')).toBe(null)
  expect(row('Object')).toBe(object)
  expect(row('Metadata')).toEqual({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { name: 'n', uid: 'u' },
  })
  const metadata = { resourceVersion: '7', continue: 'next', remainingItemCount: 3 }
  expect(toTable(requestOf('nodes', { metadata }), [])['metadata']).toEqual(metadata)
})
