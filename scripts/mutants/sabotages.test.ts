import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sabotaged } from './sabotage.ts'
import { sabotages } from './sabotages.ts'

const root = join(import.meta.dirname, '..', '..')

test('there are at least 45, each with a name of its own', () => {
  expect(sabotages.length).toBeGreaterThanOrEqual(45)
  expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length)
})

test.each(sabotages.map((sabotage) => [sabotage.name, sabotage] as const))(
  '%s: its anchor is there once',
  (_, sabotage) => {
    const text = readFileSync(join(root, sabotage.file), 'utf8')
    expect(sabotaged(sabotage, text)).not.toBe(text)
  },
)

test('every mutant of the safety book is among them, but those whose subject comes later', () => {
  const numbered = sabotages.flatMap(({ name }) => /^M(\d+) /.exec(name)?.[1] ?? [])
  const later = [18, 19, 25]
  const wanted = Array.from({ length: 35 }, (_, index) => index + 1).filter((number) => !later.includes(number))
  expect(wanted.filter((number) => !numbered.includes(String(number)))).toEqual([])
})

test('the table of the safety page names each numbered one in the row of what it breaks, and each checker by its file', () => {
  const page = readFileSync(join(root, 'docs', 'safety.md'), 'utf8')
  const rows = [...page.matchAll(/^\| ([IL]\d+) \| .* \| ([^|]*) \| ([^|]*) \|$/gm)]
  const named = rows.map(([, invariant, , numbers = '']) => [invariant, numbers.split(', ')])
  const numbered = rows.map(([, invariant]) => [
    invariant,
    sabotages
      .filter((sabotage) => sabotage.invariant === invariant)
      .flatMap(({ name }) => /^M\d+/.exec(name)?.[0] ?? [])
      .toSorted((left, right) => Number(left.slice(1)) - Number(right.slice(1))),
  ])
  expect(named).toEqual(numbered)
  const files = rows.flatMap(([, , checkers = '']) => [...checkers.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file))
  expect(files.filter((file) => !existsSync(join(root, 'src', 'sim', 'checkers', file)))).toEqual([])
})

test('an anchor that is gone, or there twice, is an error', () => {
  const sabotage = { name: 'x', invariant: 'I1', file: 'x.ts', cut: 'a', paste: '' }
  expect(() => sabotaged(sabotage, 'b')).toThrow('0 times')
  expect(() => sabotaged(sabotage, 'aa')).toThrow('2 times')
})
