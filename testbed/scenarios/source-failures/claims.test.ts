import { expect, test } from 'vitest'
import { claimIn } from './claims.ts'

const health = {
  status: {
    signals: [
      { name: 'memoryByQuery', state: 'Unknown', reason: 'SignalStale' },
      { name: 'other', state: 'True' },
    ],
  },
}

test('what is written down counts, and what is not is plainly False', () => {
  expect(claimIn(health, 'memoryByQuery')).toEqual({ state: 'Unknown', reason: 'SignalStale', holdUntil: undefined })
  expect(claimIn(health, 'kernelDeadlock').state).toBe('False')
})
