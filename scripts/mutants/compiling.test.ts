import { expect, test } from 'vitest'
import { errorsIn, roundsOf } from './compiling.ts'
import type { Sabotage } from './sabotage.ts'

const sabotage = (name: string, file: string): Sabotage => ({ name, invariant: 'I1', file, cut: 'a', paste: 'b' })

test('a round has one sabotage of each file, and each sabotage is in one round', () => {
  const [a1, a2, b, a3] = [sabotage('a1', 'a'), sabotage('a2', 'a'), sabotage('b', 'b'), sabotage('a3', 'a')]
  expect(roundsOf([a1, a2, b, a3])).toEqual([[a1, b], [a2], [a3]])
  expect(roundsOf([])).toEqual([])
})

test('the first error of each file', () => {
  const output = [
    "src/a.ts(3,7): error TS2304: Cannot find name 'x'.",
    "src/a.ts(4,7): error TS2304: Cannot find name 'y'.",
    '  more about it',
    "src/b/c.ts(1,1): error TS2322: Type 'string' is not assignable.",
  ].join('\n')
  expect([...errorsIn(output)]).toEqual([
    ['src/a.ts', "TS2304: Cannot find name 'x'."],
    ['src/b/c.ts', "TS2322: Type 'string' is not assignable."],
  ])
})
