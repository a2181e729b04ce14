import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/kind.ts'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Change } from '../../runtime/cache.ts'
import { podsWakeAfterMs, wakeByShared } from './wake.ts'

const steps = ['Approving', 'Claiming', 'Cordoning', 'Draining', 'Quarantined', 'Releasing', 'Done']
const runs = steps.map((name) =>
  runKind.project({ metadata: { name, uid: name }, status: { step: { name, since: '2026-01-01T00:00:00Z' } } }),
)

/** What one change wakes. */
function woken(which: 'ledgers' | 'policies', change: Change<KubeObject>): readonly string[] {
  const found: string[] = []
  const watched = (name: string) => ({
    onChange: (handler: (change: Change<never>) => void) => {
      // The two kinds differ in nothing that the handlers under test tell apart by type.
      if (name === which) handler(change as Change<never>)
    },
  })
  const shared = {
    ledgers: watched('ledgers'),
    policies: watched('policies'),
    guards: watched(''),
    pauses: watched(''),
  }
  wakeByShared(shared, (concerned: (run: NodeRemediation) => boolean) => {
    found.push(...runs.filter(concerned).map(({ metadata }) => metadata.name))
  })
  return found
}

const ledger = (spec: JsonObject, uid = 'u') => ledgerKind.project({ metadata: { name: 'cluster', uid }, spec })
const slot = {
  runUID: 'r',
  runName: 'r',
  policyName: 'p',
  nodeName: 'n',
  nodeUID: 'n',
  class: 'Fault',
  claimTime: '2026-01-01T00:00:00Z',
}
const breaker = {
  scope: '',
  state: 'Open',
  tripID: 't',
  tripTime: '2026-01-01T00:00:00Z',
  input: 'MaxUnhealthy',
  message: 'm',
}
const underWay = steps.filter((name) => name !== 'Quarantined' && name !== 'Done')

test.each([
  ['a slot that is taken wakes nobody who waits for one', ledger({ slots: [slot] }), []],
  [
    'a slot that is taken wakes whom it was taken for',
    ledger({ slots: [{ ...slot, runUID: 'Claiming' }] }),
    ['Claiming'],
  ],
  ['a breaker wakes all that are under way', ledger({ breakers: [breaker] }), underWay],
  ['another ledger wakes all that are under way', ledger({}, 'other'), underWay],
])('%s', (_what, now, expected) => {
  expect(woken('ledgers', { key: 'cluster', old: ledger({}), new: now })).toEqual(expected)
})

test('a slot that is given back wakes who waits for one', () => {
  const given = { key: 'cluster', old: ledger({ slots: [slot] }), new: ledger({}) }
  expect(woken('ledgers', given)).toEqual(['Approving', 'Claiming'])
})

const policy = (generation: number, status: JsonObject = {}) =>
  policyKind.project({ metadata: { name: 'p', generation }, spec: {}, status })

test.each([
  ['another policy wakes all that are under way', policy(2), underWay],
  ['what we say of a policy wakes nobody', policy(1, { held: 3 }), []],
])('%s', (_what, now, expected) => {
  expect(woken('policies', { key: 'p', old: policy(1), new: now })).toEqual(expected)
})

test.each([
  ['Draining', undefined, 250],
  ['Treating', 'Relieving', 250],
  ['Treating', 'Ordering', undefined],
  ['Treating', 'Booting', undefined],
  ['Verifying', undefined, 250],
  ['Done', undefined, undefined],
])('many pods that change at once are one look, and none where nobody asks for them: %s %s', (name, stage, afterMs) => {
  const step = { name, since: '2026-01-01T00:00:00Z', ...(stage === undefined ? {} : { stage }) }
  expect(podsWakeAfterMs(runKind.project({ metadata: { name: 'r', uid: 'r' }, status: { step } }))).toBe(afterMs)
})
