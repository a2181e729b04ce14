import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { durationOption } from './duration.ts'

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['0s', 0],
])('%s', (text, ms) => {
  expect(durationOption(text)).toBe(ms)
})

test.each(['', '10', 'm', '-5s', '5 s', '1d', '1e3s'])('"%s" is no duration', (text) => {
  expect(() => durationOption(text)).toThrow(InvalidArgumentError)
})
