import { expect, test } from 'vitest'
import { OneOfEach } from './one-of-each.ts'

test('what has the same key is one object, made once', () => {
  const shared = new OneOfEach<{ readonly name: string }>()
  const first = shared.of('a', () => ({ name: 'a' }))
  expect(shared.of('a', () => ({ name: 'another' }))).toBe(first)
  expect(shared.of('b', () => ({ name: 'b' }))).toEqual({ name: 'b' })
})

test('when it is full it begins anew, and what it gave stays good', () => {
  const shared = new OneOfEach<{ readonly name: string }>(2)
  const first = shared.of('a', () => ({ name: 'a' }))
  shared.of('b', () => ({ name: 'b' }))
  shared.of('c', () => ({ name: 'c' }))
  expect(first).toEqual({ name: 'a' })
  expect(shared.of('a', () => ({ name: 'a' }))).not.toBe(first)
})
