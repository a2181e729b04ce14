import { expect, test } from 'vitest'
import { instant } from '../../../kernel/time.ts'
import { ageOf, humanDuration } from './age.ts'

const hour = 3_600_000
const day = 24 * hour

test.each([
  [-5_000, '<invalid>'],
  [-1_500, '0s'],
  [119_000, '119s'],
  [180_000, '3m'],
  [200_000, '3m20s'],
  [601_000, '10m'],
  [179 * 60_000, '179m'],
  [3.5 * hour, '3h30m'],
  [9 * hour + 5, '9h'],
  [49 * hour, '2d1h'],
  [7 * day, '7d'],
  [700 * day, '700d'],
  [740 * day, '2y10d'],
  [4_000 * day, '10y'],
])('%i ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})

test('no time is unknown', () => {
  expect(ageOf(undefined, instant(0))).toBe('<unknown>')
})
