import { expect, test } from 'vitest'
import { sections } from './expected.ts'
import { tableOf } from './table.ts'

test('a cell that no seed has met is empty, unless it is said why it cannot be met', () => {
  const cells = ['outcome/NodeRecovered', 'outcome/ApprovalRejected', 'outcome/Cancelled']
  const { lines, empty } = tableOf([{ title: 'outcomes', cells }], new Map([['outcome/NodeRecovered', 7]]))
  expect(empty).toEqual(['outcome/Cancelled'])
  expect(lines).toEqual([
    'outcomes: 1 of 3 cells',
    '  rarest: NodeRecovered 7',
    '  cannot be met: ApprovalRejected, approvals come in a later version',
    '  EMPTY: Cancelled',
  ])
})

test('every invariant is paired with every fault, and every gate has a cell for each of its reasons', () => {
  const byTitle = new Map(sections([]).map(({ title, cells }) => [title, new Set(cells)]))
  expect(byTitle.get('invariant × fault')).toContain('pair/I19 FrozenBeforeWrite')
  expect(byTitle.get('gates')).toContain('gate/BreakerClosed/CanaryRunning')
  expect(byTitle.get('transitions')).toContain('transition/Treating Verifying')
})
