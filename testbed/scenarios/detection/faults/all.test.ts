import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { listAt, textAt } from '../../../../src/kernel/json.ts'
import type { Fault } from '../fault.ts'
import { signalNameOf } from '../policies.ts'
import { signalWord } from '../watches.ts'
import { faults } from './all.ts'

const matrix: unknown = parse(readFileSync(join(import.meta.dirname, '../../../../deploy/rules/matrix.yaml'), 'utf8'))
const rows = listAt(matrix, 'groups').flatMap((group) => listAt(group, 'rows'))

/** Everything that the matrix says speaks of this row. */
const wordsOf = (row: unknown): readonly unknown[] => [
  ...listAt(row, 'detector').flatMap((rule) => [textAt(rule, 'condition'), textAt(rule, 'event')]),
  ...listAt(row, 'alerts'),
]
const configsOf = (row: unknown): readonly unknown[] => listAt(row, 'detector').map((rule) => textAt(rule, 'config'))

test('there are at least twenty, each with a node and a signal of its own', () => {
  expect(faults.length).toBeGreaterThanOrEqual(20)
  expect(new Set(faults.map(({ name }) => signalNameOf(name))).size).toBe(faults.length)
})

const isTold = ({ signal }: Fault): boolean => 'lease' in signal || 'evictionStorm' in signal

test.each(faults.filter(isTold))('$name is what only the API server shows', (fault) => {
  const row = rows.find((each) => textAt(each, 'diagnosis') === fault.diagnosis)
  expect([textAt(row, 'class'), textAt(row, 'noDetector')]).toEqual([fault.class, expect.any(String)])
})

test.each(faults.filter((fault) => !isTold(fault)))('$name is a row of the matrix', (fault) => {
  const row = rows.find(
    (each) => textAt(each, 'diagnosis') === fault.diagnosis && wordsOf(each).includes(signalWord(fault)),
  )
  expect(textAt(row, 'class')).toBe(fault.class)
  expect(configsOf(row)).toEqual(expect.arrayContaining([...(fault.configs ?? [])]))
})
