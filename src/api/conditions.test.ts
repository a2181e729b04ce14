import { expect, test } from 'vitest'
import { instant } from '../kernel/time.ts'
import { conditionTypes, withCondition } from './conditions.ts'
import type { Condition } from './v1alpha1/schema.ts'

const early = '2026-11-21T08:00:00.000Z'
const now = instant(Date.parse('2026-11-21T09:00:00Z'))
const held: Condition = { type: 'Held', status: 'False', reason: 'NotHeld', message: 'm', lastTransitionTime: early }
const approved: Condition = { ...held, type: 'Approved', status: 'True', reason: 'ApprovalNotRequired' }

test('a new condition is appended, with the time of now', () => {
  const { lastTransitionTime: _, ...next } = held
  expect(withCondition([approved], next, now)).toEqual([
    approved,
    { ...next, lastTransitionTime: '2026-11-21T09:00:00.000Z' },
  ])
})

test('another status moves the time', () => {
  const [changed] = withCondition([held], { ...held, status: 'True', reason: 'BudgetExhausted' }, now)
  expect(changed).toEqual({
    ...held,
    status: 'True',
    reason: 'BudgetExhausted',
    lastTransitionTime: '2026-11-21T09:00:00.000Z',
  })
})

test('another reason under the same status does not', () => {
  const [changed] = withCondition([held], { ...held, reason: 'Other', message: 'other', observedGeneration: 2 }, now)
  expect(changed).toEqual({ ...held, reason: 'Other', message: 'other', observedGeneration: 2 })
})

test('the others, their order and the given list stay as they are', () => {
  const given = Object.freeze([held, approved])
  const changed = withCondition(given, { ...held, status: 'Unknown' }, now)
  expect(changed.map(({ type }) => type)).toEqual(['Held', 'Approved'])
  expect(changed[1]).toBe(approved)
})

test('no kind can bear more conditions than its schema lets in', () => {
  for (const types of Object.values(conditionTypes)) expect(Object.keys(types).length).toBeLessThanOrEqual(16)
})
