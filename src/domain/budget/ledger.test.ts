import { expect, test } from 'vitest'
import { type LedgerSpec, ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { instant, later, rfc3339 } from '../../kernel/time.ts'
import { isLedgerFull, withoutSlot, withSlot } from './ledger.ts'

const now = instant(1_800_000_000_000)
/** An ordinary moment: nobody has set the clock. */
const at = (ms: number) => ({ now: later(now, ms), nowAtLeast: later(now, ms) })
const days = 86_400_000
const empty: LedgerSpec = ledgerSpecSchema.parse({})
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
  expect(withSlot(empty, slot, at(0))).toMatchObject({
    slots: [{ runUID: 'u1' }],
    starts: [{ runUID: 'u1', startTime: rfc3339(now), attempt: true }],
  })
})

test('earlier starts are remembered with it: they are the rate and the cool-down of whoever leads next', () => {
  const first = withSlot(empty, slot, at(0))
  const second = withSlot(first, { ...slot, runUID: 'u2' }, at(1_000))
  expect(second.starts.map(({ runUID }) => runUID)).toEqual(['u1', 'u2'])
})

test('claimed again for a later rung it is still one start, and it is open again', () => {
  const given = withoutSlot(withSlot(empty, slot, at(0)), 'u1', { now, attempted: true, diagnosis: 'd' })
  const again = withSlot(given, slot, at(1_000))
  expect(again.starts).toHaveLength(1)
  expect(again.starts[0]).not.toHaveProperty('endTime')
})

test('given back it is a start with an end, and an attempt only if the node was cordoned', () => {
  const given = withoutSlot(withSlot(empty, slot, at(0)), 'u1', {
    now: later(now, 5_000),
    attempted: false,
    diagnosis: 'd',
  })
  expect(given).toMatchObject({ slots: [], starts: [{ attempt: false, endTime: rfc3339(later(now, 5_000)) }] })
})

test('starts that no window can reach any more are forgotten', () => {
  const old = withSlot(empty, slot, at(0))
  expect(withSlot(old, { ...slot, runUID: 'u2' }, at(31 * days)).starts.map(({ runUID }) => runUID)).toEqual(['u2'])
})

test('a clock that is set forward makes the ledger forget nothing', () => {
  const known = withSlot(empty, slot, at(0))
  const jumped = withSlot(known, { ...slot, runUID: 'u2' }, { ...at(1_000), now: later(now, 31 * days) })
  expect(jumped.starts.map(({ runUID }) => runUID)).toEqual(['u1', 'u2'])
})

test('a run that waited for people for a month still rests from its end', () => {
  const given = withoutSlot(withSlot(empty, slot, at(0)), 'u1', {
    now: later(now, 31 * days),
    attempted: true,
    diagnosis: 'd',
  })
  expect(withSlot(given, { ...slot, runUID: 'u2' }, at(31 * days)).starts).toHaveLength(2)
})

test('a slot that is held keeps the domains that it was claimed with', () => {
  const held = withSlot(empty, { ...slot, domains: [{ topologyKey: 'zone', value: 'a' }] }, at(0))
  const again = withSlot(held, { ...slot, domains: [{ topologyKey: 'zone', value: 'b' }] }, at(0))
  expect(again.slots).toEqual(held.slots)
})

test('the first claim under a half-open breaker is its canary, in the same write; the second is not', () => {
  const breaker = { tripID: 't', tripTime: rfc3339(now), input: 'MaxUnhealthy', message: 'm', figure: 3 } as const
  const breakers = [
    { ...breaker, scope: '', state: 'HalfOpen' },
    { ...breaker, scope: 'p', state: 'HalfOpen' },
    { ...breaker, scope: 'another', state: 'HalfOpen' },
    { ...breaker, scope: 'p2', state: 'Open' },
  ] as const
  const first = withSlot({ ...empty, breakers }, slot, at(0))
  expect(first.breakers.map(({ canaryRunUID }) => canaryRunUID)).toEqual(['u1', 'u1', undefined, undefined])
  const second = withSlot(first, { ...slot, runUID: 'u2', policyName: 'another' }, at(0))
  expect(second.breakers.map(({ canaryRunUID }) => canaryRunUID)).toEqual(['u1', 'u1', 'u2', undefined])
})

test('a ladder that helped is proven, and gives way to what comes after it; one that failed is not', () => {
  const given = (verdict: 'Helped' | 'Failed', plan: string, ledger = empty) =>
    withoutSlot(withSlot(ledger, { ...slot, plan }, at(0)), 'u1', { now, attempted: true, verdict, diagnosis: 'd' })
  expect(given('Failed', 'old').proven).toEqual([])
  expect(given('Failed', 'old').starts[0]?.verdict).toBe('Failed')
  const old = given('Helped', 'old')
  expect(old.proven).toMatchObject([{ plan: 'old', policyName: 'p', diagnosis: 'd' }])
  expect(given('Helped', 'new', old).proven).toMatchObject([{ plan: 'new' }])
})

test('a thousand starts are a full ledger', () => {
  const starts = Array.from({ length: 1_000 }, (_, index) => ({
    ...slot,
    runUID: `u${index}`,
    startTime: rfc3339(now),
    attempt: true,
  }))
  expect(isLedgerFull({ ...empty, starts }, now)).toBe(true)
  expect(isLedgerFull({ ...empty, starts: starts.slice(1) }, now)).toBe(false)
})
