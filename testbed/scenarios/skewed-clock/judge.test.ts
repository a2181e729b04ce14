import { expect, test } from 'vitest'
import type { AuditEntry } from '../../scenario/audit.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { trueTimes } from './judge.ts'

const at = Date.UTC(2026, 10, 21)
const step = (since: number): AuditEntry =>
  auditEntry({
    at,
    resource: 'noderemediations',
    subresource: 'status',
    request: { status: { step: { since: new Date(since).toISOString() } } },
  })

test('a stored time may be a moment off, not an hour', () => {
  expect(trueTimes([step(at - 50), step(at + 50)]).holds).toBe(true)
  expect(trueTimes([step(at), step(at + 3_600_000)]).holds).toBe(false)
})

test('without a stored time nothing is shown', () => {
  expect(trueTimes([auditEntry()]).holds).toBe(false)
})
