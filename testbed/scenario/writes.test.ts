import { expect, test } from 'vitest'
import type { AuditEntry } from './audit.ts'
import { auditEntry } from './audit-entry.fixture.ts'
import { budgetChecks, countsOf, effectsOf, replayCordons } from './writes.ts'

const cordon = (name: string, ended: number, unschedulable: true | null = true): AuditEntry =>
  auditEntry({ name, ended, request: { spec: { unschedulable } } })
const zoneOf = (node: string): string => node.slice(0, 1)

test('what counts is how many are cordoned at one moment, by the order of the answers', () => {
  const audit = [cordon('a1', 1), cordon('b1', 5), cordon('a1', 3, null), cordon('a2', 7), cordon('b1', 9, null)]
  expect(replayCordons(audit, zoneOf)).toEqual({
    mostAtOnce: 2,
    mostInOneZone: 1,
    cordoned: ['a1', 'b1', 'a2'],
    left: ['a2'],
  })
})

test('two of one zone at once are seen, and a cordon that was refused is none', () => {
  const audit = [cordon('a1', 1), cordon('a2', 2), { ...cordon('a3', 3), code: 409 }]
  expect(replayCordons(audit, zoneOf)).toMatchObject({ mostAtOnce: 2, mostInOneZone: 2 })
})

test('a budget that was exceeded, a zone that was, and a cordon that stays are told apart', () => {
  const seen = { mostAtOnce: 3, mostInOneZone: 2, cordoned: ['a'], left: ['a'] }
  const holds = (atOnce: number, inOneZone: number): readonly boolean[] =>
    budgetChecks(seen, { atOnce, inOneZone }).map((check) => check.holds)
  expect(holds(3, 2)).toEqual([true, true, false])
  expect(holds(2, 1)).toEqual([false, false, false])
})

test('an effect is what somebody else could feel, refused or not; reads and our own objects are none', () => {
  const audit = [
    auditEntry({ resource: 'nodehealths' }),
    auditEntry({ resource: 'leases' }),
    auditEntry({ resource: 'events', verb: 'create' }),
    auditEntry({ verb: 'get' }),
    auditEntry({ user: 'admin' }),
    auditEntry({ resource: 'pods', subresource: 'eviction', verb: 'create', code: 403 }),
  ]
  expect(countsOf(effectsOf(audit))).toBe('create pods/eviction 1')
})
