import { expect, test } from 'vitest'
import { table } from './play-all.ts'

test('the table tells the time of each story, its headlines, what does not hold, and how many were as told', () => {
  const checks = [
    { sentence: 'the budget was kept', holds: true, seen: '5 of 6', headline: true as const },
    { sentence: 'the rights were enough', holds: true, seen: 'all' },
  ]
  expect(
    table([
      { name: 'storm', passed: true, seconds: 101.4, checks },
      { name: 'zombie-leader', passed: false, seconds: 9, checks: [{ sentence: 'nothing came late', holds: false }] },
    ]),
  ).toEqual([
    '',
    'storm          as told        101 s  2 of 2 hold',
    '    the budget was kept: 5 of 6',
    'zombie-leader  NOT AS TOLD      9 s  0 of 1 hold',
    '    BROKEN nothing came late',
    '1 of 2 scenarios as told',
  ])
})
