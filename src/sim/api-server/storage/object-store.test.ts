import { describe, expect, test } from 'vitest'
import { textAt } from '../../../kernel/json.ts'
import type { Committed } from './change-log.ts'
import { ObjectStore } from './object-store.ts'

const byNode = {
  path: 'spec.nodeName',
  valueOf: (object: Committed['object']) => textAt(object, 'spec', 'nodeName') ?? '',
}

const storeOf = (): ObjectStore => new ObjectStore({ historyMax: 3, indexes: [byNode] })

let revision = 0
function put(store: ObjectStore, key: string, nodeName: string): number {
  revision += 1
  const previous = store.get(key)
  store.apply({
    type: previous === undefined ? 'ADDED' : 'MODIFIED',
    key,
    revision,
    object: { spec: { nodeName } },
    previous,
  })
  return revision
}

function drop(store: ObjectStore, key: string): void {
  revision += 1
  store.apply({ type: 'DELETED', key, revision, object: {}, previous: store.get(key) })
}

describe('a store', () => {
  test('lists in the order of etcd, by namespace where asked', () => {
    const store = storeOf()
    for (const key of ['b/a', 'a/b', 'a-b/a', 'a/a']) put(store, key, 'n')
    expect(store.keys('')).toEqual(['a-b/a', 'a/a', 'a/b', 'b/a'])
    expect(store.keys('a')).toEqual(['a/a', 'a/b'])
    expect(store.keys('none')).toEqual([])
  })

  test('finds by an indexed field, also after the field moved or the object went', () => {
    const store = storeOf()
    for (const key of ['a/2', 'a/1', 'b/1']) put(store, key, 'n')
    put(store, 'a/2', 'm')
    drop(store, 'b/1')
    expect([store.keysByField('spec.nodeName', 'n', ''), store.keysByField('spec.nodeName', 'm', 'a')]).toEqual([
      ['a/1'],
      ['a/2'],
    ])
    expect(store.keysByField('spec.nodeName', 'gone', '')).toEqual([])
    expect(store.keysByField('status.phase', 'x', '')).toBeUndefined()
  })

  test('remembers how it was, as far as its history goes', () => {
    const store = storeOf()
    put(store, 'a/1', 'n')
    const then = put(store, 'a/2', 'n')
    put(store, 'a/1', 'm')
    drop(store, 'a/2')
    put(store, 'a/3', 'n')
    expect([...(store.at(then) ?? [])].map(([key, object]) => [key, textAt(object, 'spec', 'nodeName')])).toEqual([
      ['a/1', 'n'],
      ['a/2', 'n'],
    ])
    for (const key of ['x', 'y', 'z']) put(store, key, 'n')
    expect(store.at(then)).toBeUndefined()
  })

  test('gives the changes after a revision, or says that they are forgotten', () => {
    const store = storeOf()
    const first = put(store, 'a/1', 'n')
    put(store, 'a/2', 'n')
    expect(store.log.after(first)?.map(({ key }) => key)).toEqual(['a/2'])
    expect(store.log.after(revision)).toEqual([])
    store.log.forget(revision)
    expect([store.log.after(first), store.log.after(revision)]).toEqual([undefined, []])
  })
})
