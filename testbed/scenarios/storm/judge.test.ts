import { expect, test } from 'vitest'
import type { AuditEntry } from '../../scenario/audit.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { type StormSeen, stormChecks } from './judge.ts'

const seen: StormSeen = {
  sick: [{ name: 'fleet-0001', zone: 'zone-a' }],
  marks: [
    { at: 1_000, count: 10 },
    { at: 5_000, count: 100 },
  ],
  limit: 20,
  takenBackAt: 60_000,
  calmAt: 70_000,
}
const run = (at: number): AuditEntry =>
  auditEntry({
    at,
    verb: 'create',
    resource: 'noderemediations',
    name: 'nr-1',
    code: 201,
    request: { spec: { node: { name: 'fleet-0001' } } },
  })
const holds = (audit: readonly AuditEntry[]): readonly boolean[] => stormChecks(audit, seen).map((check) => check.holds)

test('a run before the storm is noticed, and one after it, are as they should be', () => {
  expect(holds([run(2_000), run(61_000), auditEntry({ name: 'fleet-0001' })])).toEqual([true, true, true])
})

test.each([
  ['a run in the middle of the storm', [run(20_000)], [false, true, true]],
  ['a node without a run', [auditEntry({ name: 'fleet-0002' })], [true, false, true]],
  ['a deleted pod', [auditEntry({ resource: 'pods', verb: 'delete' })], [true, false, true]],
  ['a flood of writes', Array.from({ length: 13 }, () => auditEntry({ resource: 'nodehealths' })), [true, true, false]],
])('%s is caught', (_what, audit, expected) => {
  expect(holds(audit)).toEqual(expected)
})
