import { expect, test } from 'vitest'
import { isOlder, newest } from './resource-version.ts'

test.each([
  ['9', '10', true],
  ['10', '9', false],
  ['7', '7', false],
  ['9007199254740993', '9007199254740992', false],
  ['9007199254740992', '9007199254740993', true],
  ['', '1', true],
  ['1', '', false],
  ['007', '1', true],
])('%s is older than %s: %s', (left, right, older) => {
  expect(isOlder(left, right)).toBe(older)
})

test('the newest of two never goes back', () => {
  expect(newest('12', '9')).toBe('12')
  expect(newest('', '9')).toBe('9')
})
