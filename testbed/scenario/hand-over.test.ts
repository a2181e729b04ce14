import { expect, test } from 'vitest'
import { leaseName } from '../../src/api/rights.ts'
import type { OperatorUnderTest } from '../operator/process.ts'
import type { AuditEntry } from './audit.ts'
import { auditEntry } from './audit-entry.fixture.ts'
import { handOver, handOverCheck, zombieCheck } from './hand-over.ts'

const nothing = (): Promise<void> => Promise.resolve()
const replica = (name: OperatorUnderTest['name']): OperatorUnderTest => ({
  name,
  account: `testbed-${name}`,
  start: nothing,
  startBehind: nothing,
  stop: nothing,
  kill: () => {},
  freeze: () => {},
  thaw: () => {},
})
const successor = replica('operator-b')
const by = (account: string, at: number, change: Partial<AuditEntry> = {}): AuditEntry =>
  auditEntry({ account, at, ended: at, ...change })
const lease = (at: number, spec: AuditEntry['request']): AuditEntry =>
  by(successor.account, at, { resource: 'leases', name: leaseName, request: { spec } })

test('the successor begins with the lease, and its first effect is the first write after it', () => {
  const audit = [
    by(successor.account, 500),
    lease(15_000, { acquireTime: 'now' }),
    by(successor.account, 15_500, { verb: 'get' }),
    by(successor.account, 15_700, { code: 409 }),
    by(successor.account, 16_000),
  ]
  expect(handOver(audit, { diedAt: 1_000, successor })).toEqual({ leasedAt: 15_000, firstEffectAt: 16_000 })
})

test.each([
  ['in time', 20_900, true],
  ['too late', 21_000, false],
])('a hand-over %s', (_what, at, holds) => {
  const audit = [lease(15_000, { acquireTime: 'now' }), by(successor.account, at)]
  expect(handOverCheck(audit, { diedAt: 1_000, successor }).holds).toBe(holds)
})

test('no effect at all is no hand-over', () => {
  const audit = [lease(15_000, { acquireTime: 'now' }), lease(16_000, { renewTime: 'now' })]
  expect(handOverCheck(audit, { diedAt: 1_000, successor }).holds).toBe(false)
})

test('a zombie may read and try, but nothing of it is granted', () => {
  const zombie = replica('operator')
  const refused = by(zombie.account, 20, { code: 409 })
  expect(zombieCheck([by(zombie.account, 5), refused], zombie, 10).holds).toBe(true)
  expect(zombieCheck([refused, by(zombie.account, 21)], zombie, 10).holds).toBe(false)
})

test('a write that was under way when the lease was lost counts by its answer', () => {
  const zombie = replica('operator')
  expect(zombieCheck([by(zombie.account, 5, { ended: 12 })], zombie, 10).holds).toBe(false)
})
