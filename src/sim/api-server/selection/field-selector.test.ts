import { expect, test } from 'vitest'
import { parseFieldSelector } from './field-selector.ts'

test.each([
  ['', []],
  ['=', []],
  ['a=b', [{ path: 'a', equal: true, value: 'b' }]],
  ['a==b', [{ path: 'a', equal: true, value: 'b' }]],
  [
    'a!=b,c=',
    [
      { path: 'a', equal: false, value: 'b' },
      { path: 'c', equal: true, value: '' },
    ],
  ],
  [String.raw`a=b\,c\=d\\`, [{ path: 'a', equal: true, value: String.raw`b,c=d${'\\'}` }]],
])('%j is read', (text, terms) => {
  expect(parseFieldSelector(text)).toEqual(terms)
})

test('what has no operator is refused', () => {
  expect(() => parseFieldSelector('a=b,c')).toThrow("invalid selector: 'a=b,c'; can't understand 'c'")
})
