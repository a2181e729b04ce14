import { expect, test } from 'vitest'
import { type LedgerSpec, ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { instant } from '../../kernel/time.ts'
import { withoutSlot, withSlot } from './ledger.ts'
import { onlyTakes } from './only-takes.ts'

const now = instant(Date.parse('2026-11-21T12:00:00Z'))
const times = { now, nowAtLeast: now }
const claimed = (ledger: LedgerSpec, runUID: string): LedgerSpec =>
  withSlot(
    ledger,
    {
      runUID,
      runName: runUID,
      policyName: 'p',
      nodeName: runUID,
      nodeUID: runUID,
      class: 'Fault',
      domains: [],
      claimTime: '2026-11-21T12:00:00Z',
      plan: 'plan',
    },
    times,
  )
const empty = ledgerSpecSchema.parse({})
const one = claimed(empty, 'one')
const breaker = {
  scope: '',
  state: 'Open',
  tripID: 't',
  tripTime: '2026-11-21T12:00:00Z',
  input: 'MaxUnhealthy',
  message: 'm',
}

test.each<readonly [string, readonly [LedgerSpec, LedgerSpec], boolean]>([
  ['a claim', [empty, one], true],
  ['two claims', [empty, claimed(one, 'two')], true],
  ['a claim beside an old run', [claimed(one, 'two'), claimed(claimed(one, 'two'), 'three')], true],
  ['a slot given back', [one, withoutSlot(one, 'one', { now, attempted: true, diagnosis: 'd' })], false],
  ['a slot taken out by hand', [one, { ...one, slots: [] }], false],
  ['a start that has expired', [one, { ...claimed(empty, 'two'), slots: [...one.slots] }], false],
  ['a breaker', [one, { ...one, ...ledgerSpecSchema.pick({ breakers: true }).parse({ breakers: [breaker] }) }], false],
  ['a proof', [one, { ...one, proven: [{ plan: 'plan', policyName: 'p', diagnosis: 'd', provenTime: 't' }] }], false],
])('%s', (_what, [before, after], isTaking) => {
  expect(onlyTakes(before, after)).toBe(isTaking)
})
