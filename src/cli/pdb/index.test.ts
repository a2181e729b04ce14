import { expect, test } from 'vitest'
import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { nodeKind } from '../../api/core/node.ts'
import { podKind } from '../../api/core/pod.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { policySpec } from '../../domain/policy/prepared-policy.fixture.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Cluster, ListQuery } from '../../ports/cluster.ts'
import { RefusedError } from '../../ports/errors.ts'
import { prunella } from '../context.fixture.ts'
import { pdbVerb } from './index.ts'

const pod = (name: string, nodeName: string) =>
  podKind.project({
    metadata: {
      name,
      namespace: 'db',
      labels: { app: 'pg' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'pg', controller: true }],
    },
    spec: { nodeName },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  })

const budget = (spec: JsonObject, status: JsonObject = {}) =>
  disruptionBudgetKind.project({
    metadata: { name: 'pg', namespace: 'db', generation: 1 },
    spec: { selector: { matchLabels: { app: 'pg' } }, ...spec },
    status: { observedGeneration: 1, disruptionsAllowed: 0, expectedPods: 2, currentHealthy: 2, ...status },
  })
const never = budget({ minAvailable: 2 }, { desiredHealthy: 2 })
const notNow = budget({ minAvailable: 1 }, { desiredHealthy: 1, currentHealthy: 1 })
const fine = budget({ minAvailable: 1 }, { desiredHealthy: 1, disruptionsAllowed: 1 })

const node = (name: string, labels: JsonObject = { remediable: 'true' }) =>
  nodeKind.project({ metadata: { name, labels } })
const policy = policyKind.project({ metadata: { name: 'general' }, spec: { ...policySpec() } })

async function check(words: readonly string[], budgets: readonly unknown[], refused?: string) {
  const asked: (ListQuery | undefined)[] = []
  const stored: Readonly<Record<string, readonly unknown[]>> = {
    poddisruptionbudgets: budgets,
    pods: [pod('pg-0', 'one'), pod('pg-1', 'two')],
    nodes: [node('one'), node('two', {})],
    noderemediationpolicies: [policy],
  }
  const cluster = {
    list: async ({ plural }: { readonly plural: string }, query?: ListQuery) => {
      if (plural === refused)
        throw new RefusedError(`listing ${plural}: forbidden`, { status: 403, reason: 'Forbidden' })
      asked.push(query)
      return stored[plural]
    },
  } as unknown as Cluster
  const said = await prunella(pdbVerb, ['check', ...words], { cluster })
  return { ...said, lines: said.out.split('\n'), asked }
}

test('what can never be met is named with why, cure and the selected nodes that it blocks, and the code is 1', async () => {
  const { code, lines } = await check([], [never])
  expect(code).toBe(1)
  expect(lines).toEqual([
    'NAME    REASON                PODS   BLOCKS-NODES',
    'db/pg   MinAvailableTooHigh   2      1: one',
    '',
    'db/pg  MinAvailableTooHigh',
    '  why   minAvailable 2 equals the 2 pods of StatefulSet pg, so none may ever go.',
    '  cure  scale StatefulSet pg to 3, or set maxUnavailable: 1.',
    '',
    'Findings that need people: 1; that pass by themselves: 0. Nodes whose drain they block right now: 1. Looked at: 1',
    'budgets, 2 pods, 1 nodes that a policy may treat.',
  ])
})

test('what passes by itself is shown, and is no reason to fail', async () => {
  const { code, out } = await check([], [notNow])
  expect([code, out]).toEqual([0, expect.stringContaining('AllowsNoneNow')])
  expect(await check([], [fine])).toMatchObject({ code: 0, lines: [expect.stringMatching(/^No budget stands/)] })
})

test('json has every pod and node, and -n asks for one namespace only', async () => {
  const { out, asked, code } = await check(['-n', 'db', '-o', 'json'], [never])
  expect(JSON.parse(out)).toMatchObject({
    kind: 'BudgetFindingList',
    items: [{ budgets: ['db/pg'], needsPeople: true, pods: ['db/pg-0', 'db/pg-1'], nodes: ['one'] }],
  })
  expect([code, asked.filter((query) => query?.namespace === 'db')]).toEqual([
    1,
    [expect.anything(), expect.anything()],
  ])
})

test('who may not list pods is told which right that takes', async () => {
  const { code, err } = await check([], [never], 'pods')
  expect([code, err]).toEqual([6, 'error: listing pods: forbidden; it takes the right to list pods'])
})
