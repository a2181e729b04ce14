import { expect, test } from 'vitest'
import { keepUnknown } from './keep-unknown.ts'

test('members that the schema does not know are carried along, at every depth', () => {
  const raw = { a: 1, new: 'x', list: [{ b: 2, new: [1] }], deep: { c: 3, new: { d: 4 } } }
  const parsed = { a: 1, list: [{ b: 2, filled: true }], deep: { c: 3 } }
  expect(keepUnknown(parsed, raw)).toEqual({
    a: 1,
    new: 'x',
    list: [{ b: 2, filled: true, new: [1] }],
    deep: { c: 3, new: { d: 4 } },
  })
})

test('what the schema made of a member counts, not what was there', () => {
  expect(keepUnknown({ a: 5, b: [] }, { a: '5', b: [1, 2] })).toEqual({ a: 5, b: [] })
})

test('a value without anything unknown is the same value', () => {
  const parsed = { a: 1, list: [{ b: 2 }] }
  expect(keepUnknown(parsed, { a: 1, list: [{ b: 2 }] })).toBe(parsed)
})
