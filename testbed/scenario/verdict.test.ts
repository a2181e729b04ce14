import { expect, test } from 'vitest'
import { verdictOf } from './verdict.ts'

test('all must hold', () => {
  const verdict = verdictOf('a node is healed', [
    { sentence: 'one power cycle', holds: true },
    { sentence: 'nothing was deleted', holds: false, seen: 'pod web-1' },
  ])
  expect(verdict.passed).toBe(false)
  expect(verdict.lines).toEqual([
    '  holds   one power cycle',
    '  BROKEN  nothing was deleted (pod web-1)',
    'not as told: a node is healed: 1 of 2 do not hold',
  ])
})

test('a story that checks nothing does not pass', () => {
  expect(verdictOf('nothing', []).passed).toBe(false)
})
