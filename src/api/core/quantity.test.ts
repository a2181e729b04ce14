import { expect, test } from 'vitest'
import { parseQuantity, quantitiesAt } from './quantity.ts'

test.each([
  ['250m', 0.25],
  ['2', 2],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['64Gi', 64 * 2 ** 30],
  ['1e3', 1_000],
  ['2E', 2e18],
  ['100k', 100_000],
])('%s is %d', (text, amount) => {
  expect(parseQuantity(text)).toBeCloseTo(amount, 9)
})

test.each(['', 'much', '1 Gi', '12Q', 'e3'])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined()
})

test('CPU is counted in thousandths, rounded up; what cannot be read counts as nothing', () => {
  const raw = { requests: { cpu: '100.1m', memory: '1Mi', pods: 110, 'nvidia.com/gpu': '2', odd: 'x' } }
  expect(quantitiesAt(raw, 'requests')).toEqual({ cpu: 101, memory: 2 ** 20, pods: 110, 'nvidia.com/gpu': 2 })
})
