import { readFileSync } from 'node:fs'
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

test('an anchor that is gone, or there twice, is an error', () => {
  const sabotage = { name: 'x', invariant: 'I1', file: 'x.ts', cut: 'a', paste: '' }
  expect(() => sabotaged(sabotage, 'b')).toThrow('0 times')
  expect(() => sabotaged(sabotage, 'aa')).toThrow('2 times')
})
