import { expect, test } from 'vitest'
import type { AuditEntry } from '../../scenario/audit.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { leaseFirstCheck, othersLeftAlone } from './judge.ts'

const lease = (at: number): AuditEntry => auditEntry({ at, resource: 'leases', name: 'prunella' })
const run = (node: string): AuditEntry =>
  auditEntry({ verb: 'create', resource: 'noderemediations', request: { spec: { node: { name: node } } } })

test('after the outage the lease comes first', () => {
  expect(leaseFirstCheck([auditEntry({ at: 5 }), lease(20), auditEntry({ at: 21 })], 10).holds).toBe(true)
})

test.each([
  ['an effect that was under way when it began', [auditEntry({ at: 5, ended: 11 }), lease(20)]],
  ['an effect without a lease', [auditEntry({ at: 15 })]],
  ['no lease at all', []],
])('%s is caught', (_what, audit) => {
  expect(leaseFirstCheck(audit, 10).holds).toBe(false)
})

test('a node that was only silent must not get a run', () => {
  expect(othersLeftAlone([run('machine-1')], 'machine-1').holds).toBe(true)
  expect(othersLeftAlone([run('machine-1'), run('machine-2')], 'machine-1').holds).toBe(false)
})
