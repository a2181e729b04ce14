import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sabotages } from '../scripts/mutants/sabotages.ts'

const root = join(import.meta.dirname, '..')
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const rows = [
  ...textOf('docs/safety.md').matchAll(/^\| ([IL]\d+) \| ([^|]+) \| `([^`]+)` \| ([^|]+) \| [^|]+ \|$/gm),
].map(([, invariant = '', words = '', enforcedIn = '', checkers = '']) => ({
  invariant,
  words,
  enforcedIn,
  checkers: checkers.split(', ').map((checker) => `src/sim/checkers/${checker.replaceAll('`', '')}`),
}))
/** Fencing and the audit trail come with their subjects. */
const later = ['I15', 'I16', 'I22']
const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
const invariants = [...numbered('I', 23), ...numbered('L', 4)].filter((name) => !later.includes(name))

test('the page has a row for every invariant, and no other', () => {
  expect(rows.map(({ invariant }) => invariant)).toEqual(invariants)
})

test.each(rows)(
  '$invariant: the rule and its checker are where the page says',
  ({ invariant, enforcedIn, checkers }) => {
    expect(existsSync(join(root, enforcedIn))).toBe(true)
    for (const checker of checkers) expect(textOf(checker)).toContain(invariant)
  },
)

test('for every invariant at least one line is taken away', () => {
  const broken = new Set(sabotages.map(({ invariant }) => invariant))
  expect(invariants.filter((name) => !broken.has(name))).toEqual([])
})
