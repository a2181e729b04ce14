import { ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { policySpecSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { instant, later, rfc3339 } from '../../kernel/time.ts'
import type { BudgetView } from './gates.ts'

/** The ordinary case: one sick node of ten, an empty ledger, no pause. */
export const now = instant(1_800_000_000_000)

export const policy = (limits: object = {}) =>
  policySpecSchema.parse({
    nodeSelector: { matchLabels: { a: 'b' } },
    signals: [{ name: 's', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
    diagnoses: [{ name: 'd', class: 'Fault', when: 's', treatments: ['t'] }],
    treatments: [{ name: 't', reboot: {} }],
    limits,
  })

export const share = (faults: number, loads = 0) => ({ selected: 10, healthy: 10 - faults, faults, loads })

export const ledger = (spec: object = {}): BudgetView['ledger'] => ({
  kind: 'Known',
  uid: 'ledger-uid',
  resourceVersion: '1',
  spec: ledgerSpecSchema.parse(spec),
})

export const slot = (runUID: string, unusual: object = {}) => ({
  runUID,
  runName: runUID,
  policyName: 'general',
  nodeName: 'n',
  nodeUID: 'u',
  class: 'Fault',
  claimTime: rfc3339(now),
  ...unusual,
})

export const start = (runUID: string, agoMs: number, unusual: object = {}) => ({
  ...slot(runUID),
  startTime: rfc3339(later(now, -agoMs)),
  ...unusual,
})

export const view = (unusual: Partial<BudgetView> = {}): BudgetView => ({
  now,
  policyName: 'general',
  policy: policy(),
  guard: guardSpecSchema.parse({}),
  ledgerUID: 'ledger-uid',
  ledger: ledger(),
  pauses: [],
  figures: { kind: 'Known', policy: share(1), cluster: share(1) },
  node: { name: 'node-1', labels: { zone: 'a' }, class: 'Fault' },
  runUID: 'me',
  ...unusual,
})
