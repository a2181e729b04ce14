import { expect, test } from 'vitest'
import { mergePatch } from './merge-patch.ts'

test('names only what differs, and removes what is gone', () => {
  const before = { step: { name: 'Claiming', deadline: 'x', rung: 0 }, list: [1], same: { a: 1 } }
  const after = { step: { name: 'Done', rung: 0 }, list: [1, 2], same: { a: 1 }, added: 1, absent: undefined }
  expect(mergePatch(before, after)).toEqual({ step: { name: 'Done', deadline: null }, list: [1, 2], added: 1 })
})

test('equal values give an empty patch, whatever the order of their keys', () => {
  expect(mergePatch({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual({})
})
