import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyStatusSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import { type PolicyView, policyStatus } from './policy-status.ts'
import { policyObject } from './prepared-policy.fixture.ts'
import { preparePolicy } from './prepared-policy.ts'

const node = (name: string, labels: JsonObject = { remediable: 'true' }) =>
  nodeKind.project({ metadata: { name, uid: name, labels } })
const sick = (name: string, more: JsonObject = {}) =>
  healthKind.project({
    metadata: { name },
    spec: { node: { name, uid: name }, policyName: 'general-nodes' },
    status: {
      diagnosis: {
        name: 'kernel-hang',
        class: 'Fault',
        urgency: 'Immediate',
        since: '2026-11-21T12:00:00Z',
        episode: 'e',
        message: 'm',
        ...more,
      },
    },
  })
const run = (name: string, step: string, more: JsonObject = {}) =>
  runKind.project({
    metadata: { name: `nr-${name}` },
    spec: {
      node: { name, uid: name },
      policyName: 'general-nodes',
      treatments: [{ name: 'power-cycle', powerCycle: {} }],
      cause: {
        diagnosis: 'kernel-hang',
        class: 'Fault',
        episode: 'e',
        when: 'x',
        message: 'm',
        detectedTime: '2026-11-21T12:00:00Z',
      },
      ...more,
    },
    status: { step: { name: step, since: '2026-11-21T12:00:00Z' } },
  })

/** The ordinary case: one valid policy that acts on ten healthy nodes, an empty ledger, no pause. */
function view({
  spec = {},
  others = [],
  ...unusual
}: Partial<PolicyView> & { spec?: JsonObject; others?: readonly ReturnType<typeof policyObject>[] } = {}): PolicyView {
  const policy = policyObject(spec)
  const share = { selected: 10, healthy: 10, faults: 0, loads: 0 }
  return {
    now: instant(Date.parse('2026-11-21T12:00:00Z')),
    policy,
    prepared: [policy, ...others].flatMap((one) => preparePolicy(one) ?? []),
    nodes: Array.from({ length: 10 }, (_, index) => node(`node-${index}`)),
    health: [],
    runs: [],
    guard: { spec: guardSpecSchema.parse({}), ledgerUID: 'ledger' },
    ledger: { kind: 'Known', uid: 'ledger', resourceVersion: '1', spec: ledgerSpecSchema.parse({}) },
    pauses: [],
    figures: { kind: 'Known', policy: share, cluster: share },
    alertsProblem: undefined,
    ...unusual,
  }
}

const statusOf = (seen: PolicyView) => policyStatusSchema.parse(policyStatus(seen))
const condition = (seen: PolicyView, type: string) => {
  const found = statusOf(seen).conditions.find((known) => known.type === type)
  return `${found?.status} ${found?.reason}: ${found?.message}`
}

test('a valid policy within its limits says so, with every shared gate', () => {
  expect(condition(view(), 'Ready')).toBe('True PolicyAccepted: the policy is valid')
  expect(condition(view(), 'RemediationAllowed')).toContain('True WithinLimits')
  expect(condition(view(), 'BreakerClosed')).toContain('True BreakerClosed')
  expect(statusOf(view()).gates.map(({ gate }) => gate)).toEqual([
    'NotPaused',
    'BudgetFree',
    'TopologyFree',
    'RateFree',
    'BreakerClosed',
  ])
  expect(statusOf(view()).observedGeneration).toBe(1)
})

test('a policy that the schema cannot read names the field', () => {
  const policy = policyObject({ nodeSelector: 7 })
  expect(condition(view({ policy, prepared: [] }), 'Ready')).toContain('False PolicyInvalid: spec.nodeSelector')
})

test('every issue stands in the condition, and nothing may start', () => {
  const spec = { treatments: [{ name: 'power-cycle', external: { templateName: 'x' } }] }
  expect(condition(view({ spec }), 'Ready')).toContain('spec.treatments[0].external is not available in this version')
  expect(condition(view({ spec }), 'RemediationAllowed')).toContain('False PolicyInvalid')
})

test('policies that conflict name each other and a node', () => {
  const rival = policyObject({}, { name: 'rival' })
  expect(condition(view({ others: [rival] }), 'Ready')).toBe(
    'False ConflictingPolicies: rival acts with the same priority 0 on 10 of its nodes, such as node-0; neither acts there',
  )
  const elsewhere = policyObject({ nodeSelector: { matchLabels: { pool: 'gpu' } } }, { name: 'elsewhere' })
  expect(condition(view({ others: [elsewhere] }), 'Ready')).toContain('True')
  const watching = policyObject({ mode: 'Observe' }, { name: 'watching' })
  expect(condition(view({ others: [watching] }), 'Ready')).toContain('True')
})

test('an Alertmanager that cannot be asked concerns the policies that ask it', () => {
  const alertsProblem = 'main: it answered HTML'
  const spec = { signals: [{ name: 'kernelDeadlock', alert: { name: 'X' }, clearedWhen: { healthCheck: 'Kubelet' } }] }
  expect(condition(view({ spec, alertsProblem }), 'Ready')).toContain('False SourceUnavailable: alerts are not known')
  expect(condition(view({ alertsProblem }), 'Ready')).toContain('True')
})

test.each<readonly [string, Parameters<typeof view>[0], string]>([
  ['Observe', { spec: { mode: 'Observe' } }, 'False ObserveMode'],
  ['no guard', { guard: undefined }, 'False GuardMissing'],
  ['no ledger', { ledger: { kind: 'Missing' } }, 'False LedgerMissing'],
  [
    'a doubtful list',
    { figures: { kind: 'Doubtful', message: 'no node is listed' } },
    'False NodeListDoubtful: no node is listed',
  ],
  [
    'a pause',
    {
      pauses: [pauseKind.project({ metadata: { name: 'p' }, spec: { scope: { everything: {} }, reason: 'incident' } })],
    },
    'False GloballyPaused',
  ],
])('%s is why remediation is not allowed', (_, unusual, expected) => {
  expect(condition(view(unusual), 'RemediationAllowed')).toContain(expected)
})

const trip = (more: JsonObject = {}) => ({
  scope: 'general-nodes',
  state: 'Open',
  tripID: 't1',
  tripTime: '2026-11-21T11:00:00Z',
  input: 'MaxUnhealthy',
  message: '5 of 10',
  ...more,
})
const tripped = (more: JsonObject = {}): Parameters<typeof view>[0] => ({
  ledger: {
    kind: 'Known',
    uid: 'ledger',
    resourceVersion: '1',
    spec: ledgerSpecSchema.parse({ breakers: [trip(more)] }),
  },
})

test.each<readonly [string, JsonObject, readonly string[]]>([
  ['open', {}, ['False BreakerOpen', 'False BreakerOpen: trip t1']],
  ['cooling', { state: 'Cooling' }, ['False StormCoolingDown', 'False StormCoolingDown: trip t1']],
  ['tried out', { state: 'HalfOpen', canaryRunUID: 'c' }, ['False CanaryRunning', 'False CanaryRunning: trip t1']],
  ['half open', { state: 'HalfOpen' }, ['True WithinLimits', 'False CanaryRunning: trip t1']],
  ['acknowledged', { state: 'Acknowledged' }, ['True WithinLimits', 'True BreakerClosed: 0 of 10 nodes']],
  ['the cluster’s', { scope: '' }, ['False BreakerOpen', 'True BreakerClosed: 0 of 10 nodes']],
])('a breaker that is %s', (_, more, [allowed = '', closed = '']) => {
  expect(condition(view(tripped(more)), 'RemediationAllowed')).toContain(allowed)
  expect(condition(view(tripped(more)), 'BreakerClosed')).toContain(closed)
})

test('more overloaded nodes than may be: the policy says that they wait, counts them, and still treats a Fault', () => {
  const own = { selected: 10, healthy: 4, faults: 1, loads: 5 }
  const figures = { kind: 'Known', policy: own, cluster: own } as const
  const health = [sick('node-1'), ...[2, 3, 4, 5, 6].map((each) => sick(`node-${each}`, { class: 'Load' }))]
  const seen = view({ figures, health })
  expect(condition(seen, 'RemediationAllowed')).toContain('True TooManyOverloaded: a Fault is treated')
  expect(condition(seen, 'RemediationAllowed')).toContain('5 of 10 nodes of general-nodes (50%)')
  expect(statusOf(seen)).toMatchObject({ unhealthy: 1, overloaded: 5, held: 5 })
})

test('while the list is in doubt, the number of nodes that it is told by stays written', () => {
  const figures = { kind: 'Doubtful', message: '3 now, 10 before', before: 10 } as const
  expect(statusOf(view({ figures, nodes: [node('node-1')] })).nodes).toBe(10)
  expect(condition(view({ figures }), 'BreakerClosed')).toBe('Unknown NodeListDoubtful: 3 now, 10 before')
})

test('what is counted: nodes, sick ones by class, those that are held, and runs that act', () => {
  const seen = view({
    health: [sick('node-1'), sick('node-2', { class: 'Load' }), sick('node-3'), sick('unselected')],
    runs: [run('node-1', 'Draining'), run('node-4', 'Done'), run('node-5', 'Approving', { dryRun: true })],
    ledger: { kind: 'Missing' },
  })
  expect(statusOf(seen)).toMatchObject({ nodes: 10, unhealthy: 2, overloaded: 1, held: 2, active: 1 })
})

test('the time of transition moves only with the status', () => {
  const first = statusOf(view())
  const before = policyObject()
  const policy = { ...before, status: { ...before.status, conditions: first.conditions } }
  const later = instant(Date.parse('2026-11-21T13:00:00Z'))
  expect(statusOf(view({ policy, now: later })).conditions).toEqual(first.conditions)
  const moved = statusOf(view({ policy, now: later, guard: undefined })).conditions.find(
    ({ type }) => type === 'RemediationAllowed',
  )
  expect(moved?.lastTransitionTime).toBe('2026-11-21T13:00:00.000Z')
})

test('the longest name of a pause that there may be still leaves a status that the API server takes', () => {
  const spec = { scope: { everything: {} }, reason: 'r'.repeat(512) }
  const pause = pauseKind.project({ metadata: { name: 'p'.repeat(253) }, spec })
  const status = policyStatus(view({ pauses: [pause] }))
  expect(policyStatusSchema.safeParse(status).error?.issues).toBeUndefined()
  expect(condition(view({ pauses: [pause] }), 'RemediationAllowed')).toContain('GloballyPaused')
})
