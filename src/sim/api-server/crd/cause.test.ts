import { expect, test } from 'vitest'
import { GoStruct, goFloat, goJson, invalid, omitted, tooLong } from './cause.ts'

test.each([
  [0, '0'],
  [0.5, '0.5'],
  [123456, '123456'],
  [1_000_000, '1e+06'],
  [1_234_567.5, '1.2345675e+06'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
])('Go prints %d as %s', (value, text) => {
  expect(goFloat(value)).toBe(text)
})

test('JSON is written as Go writes it', () => {
  expect(goJson({ b: [1, null], a: '<&>' })).toBe('{"a":"\\u003c\\u0026\\u003e","b":[1,null]}')
  expect(
    goJson(
      new GoStruct([
        ['Z', 1],
        ['A', undefined],
      ]),
    ),
  ).toBe('{"Z":1,"A":null}')
})

test('values stand in the message unless they are left out', () => {
  expect(invalid('a', 'x', 'no').message).toBe('Invalid value: "x": no')
  expect(invalid('a', omitted, 'no').message).toBe('Invalid value: no')
  expect(tooLong('a', 1).message).toBe('Too long: may not be more than 1 byte')
})
