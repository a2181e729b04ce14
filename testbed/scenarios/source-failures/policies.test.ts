import { expect, test } from 'vitest'
import { numberAt, textAt } from '../../../src/kernel/json.ts'
import { freshnessSeconds, holdSecondsOf, policyOf, roads } from './policies.ts'

test('every policy may act, and a hold outlives old evidence', () => {
  for (const road of roads) {
    expect(holdSecondsOf[road]).toBeGreaterThan(2 * freshnessSeconds)
    const policy = policyOf(road)
    expect(textAt(policy, 'spec', 'mode')).toBe('Automatic')
    expect(numberAt(policy, 'spec', 'signals', 0, 'freshnessSeconds')).toBe(freshnessSeconds)
  }
})
