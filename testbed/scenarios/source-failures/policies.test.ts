import { expect, test } from 'vitest'
import { numberAt, textAt } from '../../../src/kernel/json.ts'
import { freshnessSeconds, holdSeconds, policyOf, roads } from './policies.ts'

test('every policy may act, and a hold outlives old evidence', () => {
  expect(holdSeconds).toBeGreaterThan(2 * freshnessSeconds)
  for (const road of roads) {
    const policy = policyOf(road)
    expect(textAt(policy, 'spec', 'mode')).toBe('Automatic')
    expect(numberAt(policy, 'spec', 'signals', 0, 'freshnessSeconds')).toBe(freshnessSeconds)
  }
})
