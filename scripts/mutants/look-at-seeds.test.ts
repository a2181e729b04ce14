import { expect, test } from 'vitest'
import { seedIn } from './look-at-seeds.ts'

const ended = (code: number, output: string) => ({ code, output, isLate: false })

test('the seed and what it broke', () => {
  expect(seedIn(ended(4, 'lines\nseed 17: Unsafe: I14: shop/web was deleted\ncommit 1\n'))).toEqual({
    kind: 'Seed',
    seed: 17,
    violation: 'Unsafe: I14',
  })
  expect(seedIn(ended(5, 'seed 25: 884 ms a seed\nseed 31: Stuck: L2: a slot'))).toEqual({
    kind: 'Seed',
    seed: 31,
    violation: 'Stuck: L2',
  })
})

test('a crash says what was thrown', () => {
  expect(seedIn(ended(3, 'seed 3: Crash: operator-1: BrokenInvariantError: two slots\n  at x'))).toEqual({
    kind: 'Seed',
    seed: 3,
    violation: 'Crash: operator-1: BrokenInvariantError: two slots',
  })
})

test('nothing found', () => {
  expect(seedIn(ended(0, '40 seeds from 1: all safe'))).toEqual({ kind: 'Quiet' })
})

test('a simulator that does not start has noticed nothing', () => {
  const output = 'seed 25: 884 ms a seed\nnode:internal\nSyntaxError: x is not exported\n'
  expect(seedIn(ended(1, output))).toEqual({
    kind: 'DoesNotRun',
    because: 'the simulator ended with 1: SyntaxError: x is not exported',
  })
  expect(seedIn(ended(4, 'no such line'))).toMatchObject({ kind: 'DoesNotRun' })
  expect(seedIn(ended(1, 'seed 3: Unsafe: I14: told, and then it fell over'))).toMatchObject({ kind: 'DoesNotRun' })
})

test('one that does not end has noticed nothing', () => {
  expect(seedIn({ code: 1, output: 'seed 3: Unsafe: I14: x', isLate: true })).toEqual({
    kind: 'Hangs',
    where: 'the simulator',
  })
})
