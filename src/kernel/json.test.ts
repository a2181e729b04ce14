import { assert, jsonValue, property } from 'fast-check'
import { expect, test } from 'vitest'
import { at, isEqual, stableStringify, textMapAt } from './json.ts'

test('equal values give equal text, whatever the order of their keys', () => {
  expect(stableStringify({ b: 1, a: [{ d: null, c: 'x' }], e: undefined })).toBe('{"a":[{"c":"x","d":null}],"b":1}')
  expect(isEqual({ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 })).toBe(true)
  expect(isEqual({ a: 1 }, { a: '1' })).toBe(false)
})

const json = jsonValue({ maxDepth: 4 })

test('values are equal where their sorted text is', () => {
  assert(
    property(json, json, (left, right) => {
      expect(isEqual(left, right)).toBe(stableStringify(left) === stableStringify(right))
      expect(isEqual(left, structuredClone(left))).toBe(true)
    }),
  )
})

test('a member without a value is no member, and in a list it is null', () => {
  expect(isEqual({ a: 1, b: undefined }, { c: undefined, a: 1 })).toBe(true)
  expect(isEqual({ a: undefined }, { b: 1 })).toBe(false)
  expect(isEqual({ a: null }, {})).toBe(false)
  expect(isEqual([undefined], [null])).toBe(true)
  expect(isEqual({ 0: 1 }, [1])).toBe(false)
})

test('a walk into what is not there ends in undefined, inherited names included', () => {
  expect(at({ spec: { list: [{ name: 'x' }] } }, 'spec', 'list', 0, 'name')).toBe('x')
  expect(at({ spec: 3 }, 'spec', 'list', 0)).toBe(undefined)
  expect(at({}, 'constructor')).toBe(undefined)
})

test('entries that are no text are left out of a map of labels', () => {
  expect(textMapAt({ labels: { a: 'x', b: 3 } }, 'labels')).toEqual({ a: 'x' })
})
