import { expect, test } from 'vitest'
import { canonicalQuantity } from './quantity.ts'

test.each([
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['0.5', '500m'],
  ['2', '2'],
  ['2000', '2k'],
  ['1e3', '1e3'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['1000Ki', '1000Ki'],
  ['0', '0'],
  ['0Mi', '0'],
  ['-1', '-1'],
  ['0.0000000001', '1n'],
  ['100Mi', '100Mi'],
])('%s is written %s', (given, canonical) => {
  expect(canonicalQuantity(given)).toBe(canonical)
})

test.each(['', 'Mi', '1 Gi', '1gi', 'one', '1.2.3'])('%j is no quantity', (given) => {
  expect(canonicalQuantity(given)).toBeUndefined()
})
