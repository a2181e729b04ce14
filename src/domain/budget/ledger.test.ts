import { expect, test } from 'vitest'
import { ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { instant, later, rfc3339 } from '../../kernel/time.ts'
import { withoutSlot, withSlot } from './ledger.ts'

const now = instant(1_800_000_000_000)
const empty = ledgerSpecSchema.parse({})
const slot = {
  runUID: 'u1',
  runName: 'nr-1',
  policyName: 'p',
  nodeName: 'n',
  nodeUID: 'nu',
  class: 'Fault',
  domains: [],
  claimTime: rfc3339(now),
} as const

test('one write takes the slot and remembers the start', () => {
  expect(withSlot(empty, slot, now)).toMatchObject({
    slots: [{ runUID: 'u1' }],
    starts: [{ runUID: 'u1', startTime: rfc3339(now), attempt: true }],
  })
})

test('claimed again for a later rung it is still one start, and it is open again', () => {
  const given = withoutSlot(withSlot(empty, slot, now), 'u1', { now, attempted: true })
  const again = withSlot(given, slot, later(now, 1_000))
  expect(again.starts).toHaveLength(1)
  expect(again.starts[0]).not.toHaveProperty('endTime')
})

test('given back it is a start with an end, and an attempt only if the node was cordoned', () => {
  const given = withoutSlot(withSlot(empty, slot, now), 'u1', { now: later(now, 5_000), attempted: false })
  expect(given).toMatchObject({ slots: [], starts: [{ attempt: false, endTime: rfc3339(later(now, 5_000)) }] })
})

test('starts that no window can reach any more are forgotten', () => {
  const old = withSlot(empty, slot, now)
  const later31Days = later(now, 31 * 86_400_000)
  expect(withSlot(old, { ...slot, runUID: 'u2' }, later31Days).starts.map(({ runUID }) => runUID)).toEqual(['u2'])
})
