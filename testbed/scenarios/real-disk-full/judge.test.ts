import { expect, test } from 'vitest'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { diskChecks, keptCheck, stayedCheck, timeCheck } from './judge.ts'

test('from 90 % to below 70 %, and not a percent less', () => {
  const holds = (before: number, after: number): readonly boolean[] =>
    diskChecks({ before, after }).map((check) => check.holds)
  expect(holds(90, 69)).toEqual([true, true])
  expect(holds(89, 70)).toEqual([false, false])
  expect([timeCheck(299_999).holds, timeCheck(300_000).holds]).toEqual([true, false])
})

test('a pod that was replaced, evicted, or never there did not stay', () => {
  const eviction = auditEntry({ verb: 'create', at: 1, resource: 'pods', subresource: 'eviction', name: 'web' })
  expect(stayedCheck([], ['a'], ['a', 'b']).holds).toBe(true)
  expect(stayedCheck([], ['a'], ['b']).holds).toBe(false)
  expect(stayedCheck([eviction], ['a'], ['a']).holds).toBe(false)
  expect(stayedCheck([], [], []).holds).toBe(false)
})

test('the log that is written to must be left, and the others must not', () => {
  expect(keptCheck(['app.log']).holds).toBe(true)
  expect(keptCheck([]).holds).toBe(false)
  expect(keptCheck(['app.log', 'app.log.1']).holds).toBe(false)
})
