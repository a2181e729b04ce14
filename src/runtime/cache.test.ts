import { expect, test } from 'vitest'
import { type KubeObject, projectMeta } from '../api/kind.ts'
import { Cache, type Change } from './cache.ts'

interface Thing extends KubeObject {
  readonly zones: readonly string[]
}

test('an index finds what it was told, and forgets what is gone', () => {
  const { cache } = recording()
  cache.put(thing({ name: 'a', zones: ['x', 'y'] }))
  cache.put(thing({ name: 'b', zones: ['y'] }))
  expect(cache.byIndex('zone', 'y').map(nameOf)).toEqual(['a', 'b'])
  cache.put(thing({ name: 'a', version: '2', zones: ['x'] }))
  expect(cache.byIndex('zone', 'y').map(nameOf)).toEqual(['b'])
  cache.drop('b')
  expect(cache.byIndex('zone', 'y')).toEqual([])
  expect(cache.list().map(nameOf)).toEqual(['a'])
})

test('what is older than what is known is ignored, and so is what is known already', () => {
  const { cache, changes } = recording()
  cache.put(thing({ version: '10' }))
  cache.put(thing({ version: '9' }))
  cache.put(thing({ version: '10' }))
  expect(cache.get('a')?.metadata.resourceVersion).toBe('10')
  expect(changes).toHaveLength(1)
})

test('deleted and made anew under one name is seen as two things', () => {
  const { cache, changes } = recording()
  cache.put(thing({ uid: 'u1', version: '1' }))
  cache.put(thing({ uid: 'u2', version: '5' }))
  expect(changes.map((change) => [change.old?.metadata.uid, change.new?.metadata.uid])).toEqual([
    [undefined, 'u1'],
    ['u1', undefined],
    [undefined, 'u2'],
  ])
})

test('a late word of the death of an earlier thing kills nobody', () => {
  const { cache } = recording()
  cache.put(thing({ uid: 'u2', version: '5' }))
  cache.remove(thing({ uid: 'u1', version: '6' }))
  expect(cache.size).toBe(1)
  cache.remove(thing({ uid: 'u2', version: '7' }))
  expect(cache.size).toBe(0)
})

function recording() {
  const changes: Change<Thing>[] = []
  const cache = new Cache<Thing, 'zone'>({ zone: ({ zones }) => zones }, (change) => changes.push(change))
  return { cache, changes }
}

const nameOf = ({ metadata }: KubeObject): string => metadata.name

const thing = ({ name = 'a', uid = 'u1', version = '1', zones = new Array<string>() }): Thing => ({
  metadata: projectMeta({ metadata: { name, uid, resourceVersion: version } }),
  zones,
})
