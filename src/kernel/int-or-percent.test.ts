import { expect, test } from 'vitest'
import { resolveIntOrPercent } from './int-or-percent.ts'

test('a percentage rounds down and is never below one', () => {
  expect(resolveIntOrPercent('20%', 14)).toBe(2)
  expect(resolveIntOrPercent('20%', 3)).toBe(1)
  expect(resolveIntOrPercent('100%', 7)).toBe(7)
})

test('a count stands for itself, zero included', () => {
  expect(resolveIntOrPercent(0, 100)).toBe(0)
  expect(resolveIntOrPercent(5, 2)).toBe(5)
})

test.each(['0%', '00%', '101%', '-1%', '1.5%', '', 'many', 1.5, -1])(
  '%s is neither a count nor a percentage',
  (value) => {
    expect(resolveIntOrPercent(value, 10)).toBe(undefined)
  },
)
