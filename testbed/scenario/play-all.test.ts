import { expect, test } from 'vitest'
import { table } from './play-all.ts'

test('the table tells the time of each story, and how many were as told', () => {
  expect(
    table([
      { name: 'storm', passed: true, seconds: 101.4 },
      { name: 'zombie-leader', passed: false, seconds: 9 },
    ]),
  ).toEqual([
    '',
    'storm          as told       101 s',
    'zombie-leader  NOT AS TOLD     9 s',
    '1 of 2 scenarios as told',
  ])
})
