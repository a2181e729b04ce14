import { afterEach, expect, test } from 'vitest'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import { metalPolicy, OperatedCluster } from './operated-cluster.fixture.ts'

/** Gates that look beyond the node, from the policy that sets them to the words that people read. */
let cluster: OperatedCluster

afterEach(async () => await cluster.stop())

const quarantining = [
  {
    name: 'power-cycle',
    powerCycle: {},
    drain: { deadlineSeconds: 60, onDeadline: 'Quarantine' },
    verification: { stableSeconds: 5, timeoutSeconds: 120 },
  },
]

const gateOf = async (nodeName: string, gate: string) =>
  (await cluster.why(nodeName)).gates.find((answer) => answer.gate === gate)

const paused: JsonObject = {
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'RemediationPause',
  metadata: { name: 'still' },
  spec: { scope: { everything: {} }, reason: 'nothing starts here', requestedBy: 'a test' },
}

test('spare nodes are asked for by the policy, and the node that would be lost next is named', async () => {
  const limits = { maxUnhealthy: '60%', minHealthy: 0, spareNodes: 1 }
  cluster = new OperatedCluster([metalPolicy({ limits }), paused])
  await cluster.start()
  cluster.world.deadlock('node-1')
  await cluster.run(seconds(10))
  const answer = await gateOf('node-1', 'CapacityThere')
  expect(answer).toMatchObject({ result: 'Pass', numbers: { spareNodes: 1 } })
  expect(answer?.message).toMatch(/so do those of node-\d, should it be lost/)
})

test('budgets that may not be listed hold only the nodes with pods in a namespace that stays closed', async () => {
  const closed = { namespace: '' }
  cluster = new OperatedCluster([metalPolicy({ treatments: quarantining }), paused], {
    refuse: ({ path }) =>
      path === '/apis/policy/v1/poddisruptionbudgets' ||
      path === `/apis/policy/v1/namespaces/${closed.namespace}/poddisruptionbudgets`,
  })
  closed.namespace = 'shop'
  await cluster.start()
  const hosts = new Set(
    cluster.world.objects.all('pods').flatMap((pod) => {
      const { metadata, spec } = pod as { metadata: { namespace: string }; spec: { nodeName?: string } }
      return metadata.namespace === 'shop' ? [spec.nodeName ?? ''] : []
    }),
  )
  const [host = ''] = hosts
  cluster.world.deadlock(host)
  await cluster.run(minutes(2))
  expect(await gateOf(host, 'DrainFeasible')).toMatchObject({ result: 'Unknown', reason: 'BudgetsUnreadable' })
  closed.namespace = 'elsewhere'
  await cluster.run(minutes(2))
  expect(await gateOf(host, 'DrainFeasible')).not.toMatchObject({ reason: 'BudgetsUnreadable' })
})

test('people who do not answer are left in peace for longer and longer', async () => {
  const limits = { maxUnhealthy: '60%', minHealthy: 0, cooldownSeconds: 600 }
  cluster = new OperatedCluster([metalPolicy({ mode: 'Approve', approval: { timeoutSeconds: 300 }, limits })])
  await cluster.start()
  cluster.world.deadlock('node-1')
  const asked = () => cluster.runs.filter(({ spec }) => spec?.dryRun === false).length
  await cluster.run(minutes(8))
  expect(asked()).toBe(1)
  expect(await gateOf('node-1', 'CooldownOver')).toMatchObject({
    result: 'Hold',
    reason: 'ApprovalExpired',
    numbers: { questions: 1, pauseSeconds: 600 },
  })
  await cluster.run(minutes(13))
  expect(asked()).toBe(2)
  expect(await gateOf('node-1', 'CooldownOver')).toMatchObject({ numbers: { questions: 2, pauseSeconds: 1_200 } })
  await cluster.run(minutes(70))
  expect(asked()).toBe(4)
})
