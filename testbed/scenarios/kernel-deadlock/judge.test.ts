import { expect, test } from 'vitest'
import type { PowerChange } from '../../machines/power-log.ts'
import type { AuditEntry } from '../../scenario/audit.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { bootCheck, detectionCheck, milderFirstCheck, powerChecks } from './judge.ts'

const cycle: readonly PowerChange[] = [
  { at: 20, power: 'Off' },
  { at: 24, power: 'On' },
]

const job = (verb: string, at: number): AuditEntry => auditEntry({ verb, at, resource: 'jobs', name: 'reboot' })

test('one cycle of the right machine is as it should be', () => {
  expect(powerChecks(cycle, []).every(({ holds }) => holds)).toBe(true)
})

test.each([
  ['a second cycle', [...cycle, ...cycle], []],
  ['a machine that was left off', cycle.slice(0, 1), []],
  ['a cycle of another machine', cycle, cycle],
])('%s is caught', (_what, own, foreign) => {
  expect(powerChecks(own, foreign).every(({ holds }) => holds)).toBe(false)
})

test('the soft reboot comes before the power goes, and is withdrawn before it comes back', () => {
  expect(milderFirstCheck([job('create', 10), job('delete', 18)], cycle).holds).toBe(true)
  expect(milderFirstCheck([job('create', 22), job('delete', 23)], cycle).holds).toBe(false)
  expect(milderFirstCheck([job('create', 10), job('delete', 25)], cycle).holds).toBe(false)
  expect(milderFirstCheck([job('create', 10)], cycle).holds).toBe(false)
  expect(milderFirstCheck([], cycle).holds).toBe(false)
})

test('a boot ID that nobody reported is no new one, and 30 s are too late', () => {
  expect(bootCheck('a', 'b').holds).toBe(true)
  expect(bootCheck('a', '').holds).toBe(false)
  expect(detectionCheck(29_999).holds).toBe(true)
  expect(detectionCheck(30_000).holds).toBe(false)
})
