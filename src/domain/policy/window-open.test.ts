import { expect, test } from 'vitest'
import { instant } from '../../kernel/time.ts'
import { policySpec } from './prepared-policy.fixture.ts'
import { windowOpen } from './window-open.ts'

const berlin = { durationSeconds: 1_800, timeZone: 'Europe/Berlin' }

function answer(time: string, spec: object, urgency: 'Immediate' | 'Deferrable' = 'Deferrable') {
  const now = instant(Date.parse(time))
  return windowOpen({
    policyName: 'general',
    spec: policySpec({ ...spec }),
    diagnosis: { name: 'overloaded', urgency },
    now,
  })
}

const nightly = { maintenanceWindows: [{ schedule: '0 2 * * *', ...berlin }] }
const freeze = { startTime: '2026-12-24T00:00:00Z', endTime: '2026-12-27T00:00:00Z', reason: 'holidays' }

test('what can wait waits for its window; what cannot does not', () => {
  expect(answer('2026-11-21T12:00:00Z', nightly)).toMatchObject({ result: 'Hold', reason: 'OutsideWindow' })
  expect(answer('2026-11-21T12:00:00Z', nightly, 'Immediate').result).toBe('Pass')
  expect(answer('2026-11-21T01:10:00Z', nightly).message).toBe(
    "the window '0 2 * * *' (1800s) is open since 2026-11-21T01:00:00.000Z (2026-11-21 02:00 +01:00 Europe/Berlin)",
  )
})

test('without windows nothing is waited for', () => {
  expect(answer('2026-11-21T12:00:00Z', {}).result).toBe('Pass')
})

test('of several windows the one that opens first is told', () => {
  const weekly = { schedule: '0 13 * * SAT', durationSeconds: 600 }
  const both = { maintenanceWindows: [...nightly.maintenanceWindows, weekly] }
  expect(answer('2026-11-21T12:00:00Z', both).message).toContain(
    "'0 13 * * SAT' (600s) opens at 2026-11-21T13:00:00.000Z",
  )
})

test('an hour that comes twice is told with its offset', () => {
  const everyHalf = { maintenanceWindows: [{ schedule: '*/30 2 * * *', ...berlin, durationSeconds: 60 }] }
  expect(answer('2026-10-25T00:10:00Z', everyHalf).message).toContain('(2026-10-25 02:30 +02:00 Europe/Berlin)')
  expect(answer('2026-10-25T01:10:00Z', everyHalf).message).toContain('(2026-10-25 02:30 +01:00 Europe/Berlin)')
})

test('a freeze holds what is Immediate too, from its first moment to before its last', () => {
  const reasons = ['2026-12-23T23:59:59Z', '2026-12-24T00:00:00Z', '2026-12-26T23:59:59Z', '2026-12-27T00:00:00Z'].map(
    (time) => answer(time, { freezes: [freeze] }, 'Immediate').reason,
  )
  expect(reasons).toEqual(['WindowOpen', 'FreezeActive', 'FreezeActive', 'WindowOpen'])
})
