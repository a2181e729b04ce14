import { expect, test } from 'vitest'
import { failingSeedIn, failingTestIn } from './verdict.ts'

test('the first test that fails is named', () => {
  const output =
    ' \u001b[31mFAIL\u001b[0m  unit src/domain/budget/gates.test.ts > a slot too many\nAssertionError: no\n'
  expect(failingTestIn(output)).toBe('src/domain/budget/gates.test.ts > a slot too many')
})

test('what does not even load is said to be just that', () => {
  expect(failingTestIn('SyntaxError: x')).toBe('a test that does not load')
})

test('the seed and what it broke', () => {
  expect(failingSeedIn('lines\nseed 17: Unsafe: I14: shop/web was deleted\n')).toEqual({
    seed: 17,
    violation: 'Unsafe: I14',
  })
  expect(failingSeedIn('seed 3: Crash: TypeError')).toEqual({ seed: 3, violation: 'Crash' })
  expect(failingSeedIn('seed 25: 884 ms a seed\nseed 31: Stuck: L2: a slot')).toEqual({
    seed: 31,
    violation: 'Stuck: L2',
  })
})
