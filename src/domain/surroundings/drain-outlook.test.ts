import { expect, test } from 'vitest'
import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { nodeKind } from '../../api/core/node.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { policySpec } from '../policy/prepared-policy.fixture.ts'
import { drainFeasible } from './drain-feasible.ts'
import { drainOutlook } from './drain-outlook.ts'

const pod = (name: string, { metadata = {}, spec = {}, status = {} }: Readonly<Record<string, JsonObject>> = {}): Pod =>
  podKind.project({
    metadata: {
      name,
      namespace: 'db',
      labels: { app: 'pg' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'pg', controller: true }],
      ...metadata,
    },
    spec,
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...status },
  })
const unready = { status: { conditions: [{ type: 'Ready', status: 'False' }] } }

const budget = (status: JsonObject, spec: JsonObject = {}, name = 'pg') =>
  disruptionBudgetKind.project({
    metadata: { name, namespace: 'db', generation: 2 },
    spec: { selector: { matchLabels: { app: 'pg' } }, ...spec },
    status: { observedGeneration: 2, expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, ...status },
  })

const known = (...budgets: readonly ReturnType<typeof budget>[]) => ({ budgets, unread: {} }) as const
const blockedOf = (pods: readonly Pod[], ...budgets: readonly ReturnType<typeof budget>[]) =>
  drainOutlook(pods, known(...budgets)).blocked

test('a budget that allows one lets the drain begin, one that allows none does not', () => {
  expect(blockedOf([pod('pg-0')], budget({ disruptionsAllowed: 1 }))).toEqual([])
  expect(blockedOf([pod('pg-0')], budget({ disruptionsAllowed: 0, currentHealthy: 2 }))).toEqual([
    {
      message: 'PodDisruptionBudget db/pg allows 0 of StatefulSet pg: 2 healthy, 2 needed',
      pods: ['db/pg-0'],
      numbers: { allowed: 0, healthy: 2, needed: 2 },
      isForEver: false,
    },
  ])
})

test.each([
  ['maxUnavailable 0', { maxUnavailable: 0 }, { disruptionsAllowed: 0 }],
  ['minAvailable 100%', { minAvailable: '100%' }, { disruptionsAllowed: 0 }],
  ['as many needed as there are', { minAvailable: 3 }, { disruptionsAllowed: 0, desiredHealthy: 3 }],
])('%s can never be met', (_, spec, status) => {
  expect(blockedOf([pod('pg-0')], budget(status, spec))).toMatchObject([{ isForEver: true }])
})

test('a pod that is not ready may go where the others are enough, or where its budget says so', () => {
  const short = { disruptionsAllowed: 0, currentHealthy: 1 }
  expect(blockedOf([pod('pg-0', unready)], budget({ disruptionsAllowed: 0, currentHealthy: 2 }))).toEqual([])
  expect(blockedOf([pod('pg-0', unready)], budget(short))).toHaveLength(1)
  expect(blockedOf([pod('pg-0', unready)], budget(short, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }))).toEqual([])
})

test('several budgets on one pod block it, whatever they allow; a budget not worked out yet blocks too', () => {
  const free = { disruptionsAllowed: 1 }
  expect(blockedOf([pod('pg-0')], budget(free), budget(free, {}, 'second'))).toMatchObject([
    { message: expect.stringContaining('db/pg and db/second'), isForEver: true },
  ])
  expect(blockedOf([pod('pg-0')], budget({ disruptionsAllowed: 1, observedGeneration: 1 }))).toHaveLength(1)
})

test('no budget is asked about pods that stay, are over, have not begun, or belong elsewhere', () => {
  const none = budget({ disruptionsAllowed: 0 })
  const pods = [
    pod('daemon', { metadata: { ownerReferences: [{ kind: 'DaemonSet', name: 'd', controller: true }] } }),
    pod('static', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
    pod('done', { status: { phase: 'Succeeded' } }),
    pod('waiting', { status: { phase: 'Pending' } }),
    pod('going', { metadata: { deletionTimestamp: '2026-11-21T11:59:00Z' } }),
    pod('elsewhere', { metadata: { namespace: 'web' } }),
    pod('another', { metadata: { labels: { app: 'web' } } }),
  ]
  const outlook = drainOutlook(pods, known(none))
  expect(outlook).toMatchObject({ pods: 3, blocked: [] })
})

test('pods without a controller, and those that keep data without the consent of their owner, are named', () => {
  const volumes = { spec: { volumes: [{ name: 'v', emptyDir: {} }] } }
  const agreed = { metadata: { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } } }
  const inMemory = { spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] } }
  const pods = [
    pod('bare', { metadata: { ownerReferences: [] } }),
    pod('cache', volumes),
    pod('scratch', { ...volumes, ...agreed }),
    pod('shm', inMemory),
  ]
  expect(drainOutlook(pods, known())).toMatchObject({ unmanaged: ['db/bare'], localData: ['db/cache (emptyDir)'] })
})

test('a namespace whose budgets may not be read holds only where a budget would be asked about one of its pods', () => {
  const unread = { budgets: [], unread: { db: 'forbidden' } }
  const elsewhere = pod('web-0', { metadata: { namespace: 'web' } })
  expect(drainOutlook([pod('pg-0'), elsewhere], unread).unreadable).toEqual({
    namespaces: ['db'],
    pods: 1,
    message: 'forbidden',
  })
  expect(drainOutlook([elsewhere], unread).unreadable).toBeUndefined()
  expect(drainOutlook([pod('waiting', { status: { phase: 'Pending' } })], unread).unreadable).toBeUndefined()
})

test('what can be read is judged beside what cannot', () => {
  const shop = { metadata: { namespace: 'shop' } }
  const outlook = drainOutlook([pod('pg-0'), pod('cart-0', shop)], {
    budgets: [budget({ disruptionsAllowed: 0 })],
    unread: { shop: 'forbidden' },
  })
  expect(outlook).toMatchObject({ blocked: [{ pods: ['db/pg-0'] }], unreadable: { namespaces: ['shop'] } })
})

const rung = (drain: JsonObject) =>
  policySpec({ treatments: [{ name: 'power-cycle', powerCycle: {}, drain }] }).treatments[0]
const nodeOf = (ready: string) =>
  nodeKind.project({ metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status: ready }] } })

test.each([
  ['Full', 'Quarantine', 'True', 'Hold'],
  ['Full', 'Release', 'True', 'Hold'],
  ['Full', 'Proceed', 'True', 'Pass'],
  ['Skip', 'Quarantine', 'True', 'Pass'],
  ['SkipIfNotReady', 'Quarantine', 'True', 'Hold'],
  ['SkipIfNotReady', 'Quarantine', 'Unknown', 'Pass'],
])('a drain %s with %s on a node whose Ready is %s gives %s', (...[mode, onDeadline, ready, result]) => {
  const outlook = drainOutlook([pod('pg-0')], known(budget({ disruptionsAllowed: 0 })))
  expect(drainFeasible(outlook, rung({ mode, onDeadline }), nodeOf(ready)).result).toBe(result)
})
