import { expect, test } from 'vitest'
import { auditEntry } from './audit-entry.fixture.ts'
import { cordonChecks, evictionChecks, rightsCheck } from './checks.ts'
import type { Check } from './verdict.ts'

const ordinary = auditEntry()
const cordon = { ...ordinary, request: { spec: { unschedulable: true } } }
const uncordon = { ...ordinary, request: { spec: { unschedulable: null } } }
const eviction = {
  ...ordinary,
  verb: 'create',
  resource: 'pods',
  subresource: 'eviction',
  namespace: 'story',
  name: 'web-1',
  code: 201,
}
const allHold = (checks: readonly Check[]): boolean => checks.every(({ holds }) => holds)

test('one cordon and one uncordon by the operator are as they should be', () => {
  expect(allHold(cordonChecks([cordon, uncordon], 'machine-1'))).toBe(true)
  expect(allHold(cordonChecks([cordon, { ...uncordon, code: 409 }, uncordon], 'machine-1'))).toBe(true)
})

test.each([
  ['a cordon that stays', [cordon]],
  ['a cordon by somebody else', [{ ...cordon, user: 'admin' }, uncordon]],
  ['a second round', [cordon, uncordon, cordon, uncordon]],
])('%s is caught', (_what, audit) => {
  expect(allHold(cordonChecks(audit, 'machine-1'))).toBe(false)
})

test('a pod that left must have been evicted, and the eviction granted', () => {
  const left = [{ namespace: 'story', name: 'web-1' }]
  expect(allHold(evictionChecks([eviction], left))).toBe(true)
  expect(allHold(evictionChecks([{ ...eviction, code: 429 }], left))).toBe(false)
  expect(allHold(evictionChecks([eviction, { ...eviction, verb: 'delete', subresource: '' }], left))).toBe(false)
})

test('a request that was refused for lack of rights is told', () => {
  expect(rightsCheck([ordinary]).holds).toBe(true)
  expect(rightsCheck([{ ...ordinary, code: 403 }])).toMatchObject({ holds: false, seen: '"patch nodes/"' })
})
