import { expect, test } from 'vitest'
import type { AuditEntry } from '../../scenario/audit.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { timesFallenSick } from './judge.ts'

const record = (verb: string, healthy?: 'True' | 'False', name = 'fleet-0001'): AuditEntry =>
  auditEntry({
    verb,
    name,
    resource: 'nodehealths',
    request: healthy === undefined ? {} : { status: { conditions: [{ type: 'Healthy', status: healthy }] } },
  })

test('a node falls sick once, however much is written about it until it is well', () => {
  expect(timesFallenSick([record('create', 'False'), record('patch'), record('patch', 'False')])).toBe(1)
})

test.each([
  ['a deleted record', record('delete')],
  ['a record that says so', record('patch', 'True')],
])('it was well in between, by %s', (_what, well) => {
  expect(timesFallenSick([record('create', 'False'), well, record('patch', 'False')])).toBe(2)
})

test('a record that was refused is none, and every node counts for itself', () => {
  const refused = { ...record('create', 'False', 'fleet-0003'), code: 409 }
  expect(timesFallenSick([record('create', 'False'), record('create', 'False', 'fleet-0002'), refused])).toBe(2)
})
