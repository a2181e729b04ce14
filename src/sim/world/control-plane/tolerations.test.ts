import { expect, test } from 'vitest'
import type { JsonObject } from '../../../kernel/json.ts'
import { toleratedSeconds, tolerates, toleratesAll } from './tolerations.ts'

const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' }
const podWith = (...tolerations: readonly JsonObject[]): JsonObject => ({ spec: { tolerations } })

test('a toleration without an effect is for every effect, `Exists` without a key for every taint', () => {
  expect(tolerates({ key: 'gpu', value: 'yes' }, taint)).toBe(true)
  expect(tolerates({ operator: 'Exists' }, taint)).toBe(true)
  expect(tolerates({ operator: 'Equal' }, taint)).toBe(false)
})

test('key, value and effect have to fit', () => {
  expect(tolerates({ key: 'gpu', value: 'no' }, taint)).toBe(false)
  expect(tolerates({ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }, taint)).toBe(false)
  expect(tolerates({ key: 'cpu', operator: 'Exists' }, taint)).toBe(false)
  expect(
    toleratesAll(podWith({ key: 'gpu', operator: 'Exists' }), [taint, { key: 'other', effect: 'NoSchedule' }]),
  ).toBe(false)
})

test('the shortest of the matching tolerations counts, none means none at all', () => {
  const bounded = { key: 'gpu', operator: 'Exists', tolerationSeconds: 300 }
  expect(toleratedSeconds(podWith(bounded, { operator: 'Exists' }), taint)).toBe(300)
  expect(toleratedSeconds(podWith({ operator: 'Exists' }), taint)).toBe(Number.POSITIVE_INFINITY)
  expect(toleratedSeconds(podWith(), taint)).toBe(0)
})
