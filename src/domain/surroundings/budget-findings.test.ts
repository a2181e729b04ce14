import { expect, test } from 'vitest'
import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { budgetFindings } from './budget-findings.ts'

const pod = (name: string, { metadata = {}, status = {} }: Readonly<Record<string, JsonObject>> = {}): Pod =>
  podKind.project({
    metadata: {
      name,
      namespace: 'db',
      labels: { app: 'pg' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'pg', controller: true }],
      ...metadata,
    },
    spec: { nodeName: `on-${name}` },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...status },
  })
const three = [pod('pg-0'), pod('pg-1'), pod('pg-2')]
const unready = { status: { conditions: [{ type: 'Ready', status: 'False' }] } }

const budget = (spec: JsonObject, status: JsonObject = {}, name = 'pg') =>
  disruptionBudgetKind.project({
    metadata: { name, namespace: 'db', generation: 2 },
    spec: { selector: { matchLabels: { app: 'pg' } }, ...spec },
    status: {
      observedGeneration: 2,
      disruptionsAllowed: 0,
      expectedPods: 3,
      currentHealthy: 3,
      desiredHealthy: 3,
      ...status,
    },
  })

const findings = (pods: readonly Pod[], ...budgets: readonly ReturnType<typeof budget>[]) =>
  budgetFindings({ budgets, pods, isSelected: (name) => name !== 'on-pg-1' })
const reasons = (...given: Parameters<typeof findings>) => findings(...given).map(({ reason }) => reason)

test('a budget that lets one go is no finding', () => {
  expect(findings(three, budget({ minAvailable: 2 }, { desiredHealthy: 2, disruptionsAllowed: 1 }))).toEqual([])
})

test('as many needed as there are: the sentence has the figures, the cure, and the selected nodes that it blocks', () => {
  expect(findings(three, budget({ minAvailable: 3 }))).toEqual([
    {
      budgets: ['db/pg'],
      reason: 'MinAvailableTooHigh',
      needsPeople: true,
      why: 'minAvailable 3 equals the 3 pods of StatefulSet pg, so none may ever go',
      cure: 'scale StatefulSet pg to 4, or set maxUnavailable: 1',
      pods: ['db/pg-0', 'db/pg-1', 'db/pg-2'],
      nodes: ['on-pg-0', 'on-pg-2'],
    },
  ])
})

test.each([
  {
    what: 'more than there are',
    spec: { minAvailable: 5 },
    status: { desiredHealthy: 5 },
    says: /more than the 3 pods/,
  },
  { what: 'maxUnavailable 0', spec: { maxUnavailable: 0 }, status: {}, says: /lets none of the 3 pods/ },
  { what: 'maxUnavailable 0%', spec: { maxUnavailable: '0%' }, status: {}, says: /maxUnavailable 0% lets none/ },
  { what: 'a share', spec: { minAvailable: '67%' }, status: {}, says: /67% of the 3 pods .* rounds up to 3/ },
  {
    what: 'the only pod',
    spec: { minAvailable: 1 },
    status: { expectedPods: 1, desiredHealthy: 1 },
    says: /the only pod of/,
  },
])('$what can never be met', ({ spec, status, says }) => {
  expect(findings(three, budget(spec, status))).toMatchObject([{ needsPeople: true, why: expect.stringMatching(says) }])
})

test('the share that a cure names leaves one pod', () => {
  const [found] = findings(three, budget({ minAvailable: '67%' }))
  expect(found?.cure).toContain('minAvailable: 66%')
  expect(Math.ceil(0.66 * 3)).toBe(2)
})

test('a budget that allows nobody for the moment needs no people', () => {
  const short = budget({ minAvailable: 2 }, { desiredHealthy: 2, currentHealthy: 2 })
  expect(findings(three, short)).toMatchObject([
    { reason: 'AllowsNoneNow', needsPeople: false, why: expect.stringContaining('2 of 3 pods'), nodes: { length: 2 } },
  ])
})

test('pods that are not Ready are held by the others that are missing, unless the budget lets them go', () => {
  const pods = [pod('pg-0', unready), pod('pg-1', unready), pod('pg-2')]
  const status = { desiredHealthy: 2, currentHealthy: 1 }
  expect(findings(pods, budget({ minAvailable: 2 }, status))).toMatchObject([
    { reason: 'UnhealthyPodsHeld', why: expect.stringMatching(/^2 of its pods .* 1 of 2 needed/) },
  ])
  const generous = budget({ minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, status)
  expect(findings(pods, generous)).toMatchObject([{ reason: 'AllowsNoneNow', nodes: ['on-pg-2'] }])
})

test('a selector that meets no living pod of its namespace protects nobody', () => {
  const over = pod('old', { status: { phase: 'Succeeded' } })
  const elsewhere = pod('pg-0', { metadata: { namespace: 'web' } })
  expect(findings([over, elsewhere], budget({ minAvailable: 1 }))).toMatchObject([
    { reason: 'SelectsNothing', pods: [], nodes: [] },
  ])
})

test('two budgets on one pod block it, whatever they allow', () => {
  const free = { desiredHealthy: 2, disruptionsAllowed: 1 }
  const both = findings(three, budget({ minAvailable: 2 }, free), budget({ maxUnavailable: 1 }, free, 'second'))
  expect(both).toMatchObject([
    { budgets: ['db/pg', 'db/second'], reason: 'SeveralBudgets', pods: { length: 3 }, nodes: ['on-pg-0', 'on-pg-2'] },
  ])
})

test('what the disruption controller has not worked out yet allows nobody', () => {
  expect(reasons(three, budget({ minAvailable: 2 }, { observedGeneration: 1 }))).toEqual(['NotWorkedOut'])
})

test('a drain that would not ask the pod to go is not blocked by its budget', () => {
  const pods = [
    pod('bare', { metadata: { ownerReferences: [] } }),
    pod('daemon', { metadata: { ownerReferences: [{ kind: 'DaemonSet', name: 'd', controller: true }] } }),
    pod('going', { metadata: { deletionTimestamp: '2026-11-21T11:59:00Z' } }),
    pod('waiting', { status: { phase: 'Pending' } }),
  ]
  expect(findings(pods, budget({ maxUnavailable: 0 }))).toMatchObject([{ nodes: [] }])
})
