import { expect, test } from 'vitest'
import { firstMismatch, isEmptySelector, matcherOf, matchesSelector } from './selector.ts'

const labels = { pool: 'gpu', zone: 'a' }

test('all requirements must hold, and the first that does not is named', () => {
  expect(matchesSelector({ matchLabels: { pool: 'gpu', zone: 'a' } }, labels)).toBe(true)
  expect(firstMismatch({ matchLabels: { pool: 'gpu', zone: 'b' } }, labels)).toEqual({
    key: 'zone',
    operator: 'In',
    values: ['b'],
  })
})

test.each([
  [{ key: 'pool', operator: 'In', values: ['cpu', 'gpu'] }, true],
  [{ key: 'pool', operator: 'NotIn', values: ['gpu'] }, false],
  [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }, true],
  [{ key: 'disk', operator: 'Exists' }, false],
  [{ key: 'disk', operator: 'DoesNotExist' }, true],
  [{ key: 'constructor', operator: 'Exists' }, false],
] as const)('%j matches: %s', (requirement, matches) => {
  expect(matchesSelector({ matchExpressions: [requirement] }, labels)).toBe(matches)
  expect(matcherOf({ matchLabels: { zone: 'a' }, matchExpressions: [requirement] })(labels)).toBe(matches)
})

test('a selector without requirements is empty, and would match everything', () => {
  expect(isEmptySelector({ matchLabels: {}, matchExpressions: [] })).toBe(true)
  expect(matchesSelector({}, labels)).toBe(true)
})
