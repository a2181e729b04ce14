import { expect, test } from 'vitest'
import type { Ran } from './enumerate.ts'
import { Summary } from './summary.ts'

const ran = (how: Ran['how'], problem?: string): Ran => ({
  kind: 'Ran',
  story: 'Reboot',
  how,
  name: how,
  ...(problem === undefined ? {} : { failure: { problem, plan: {} } }),
})

test('what several workers told, in one table', () => {
  const summary = new Summary()
  for (const requests of [2, 1]) summary.take({ kind: 'StoryBegun', story: 'Reboot', requests, runs: 2 * requests })
  for (const how of ['Undisturbed', 'KilledBefore', 'KilledAfter', 'KilledAfter'] as const) summary.take(ran(how))
  summary.take({ kind: 'LeftOut', story: 'Reboot', pairs: 3 })
  summary.take(ran('Pair', 'stuck'))
  expect(summary.table.map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
    ['story', 'requests', 'killed before', 'killed after', 'pairs with a fault', 'left out', 'failures'],
    ['Reboot', '3', '1', '2', '1', '3', '1'],
    ['all', '3', '1', '2', '1', '3', '1'],
  ])
  expect(summary.failed.map(({ failure }) => failure?.problem)).toEqual(['stuck'])
})

test('how far it is, and how long it takes from here; what is left out need not be waited for', () => {
  const summary = new Summary()
  summary.take({ kind: 'StoryBegun', story: 'Reboot', requests: 10, runs: 100 })
  for (let count = 0; count < 20; count += 1) summary.take(ran('Pair'))
  expect(summary.progress(120_000)).toBe('20 of 100 runs (20 %), 0 failures, 6000 ms a run, 8 min left')
  summary.take({ kind: 'LeftOut', story: 'Reboot', pairs: 60 })
  expect(summary.progress(120_000)).toBe('20 of 40 runs (50 %), 0 failures, 6000 ms a run, 2 min left')
})
