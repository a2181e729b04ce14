import { describe, expect, test } from 'vitest'
import { type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import { minutes, seconds } from '../../../kernel/time.ts'
import { conditionStatus, isTerminating, nodeNameOf, refOf, taintsOf } from '../fields.ts'
import { type SmallWorld, smallWorld, web } from '../world.fixture.ts'

const budgetOf = ({ world }: SmallWorld, name: string): JsonObject =>
  world.api.get('poddisruptionbudgets.policy', { namespace: 'shop', name }) ?? {}

describe('the disruption controller', () => {
  test.each([
    [{ minAvailable: 7 }, 7, 3],
    [{ minAvailable: '75%' }, 8, 2],
    [{ maxUnavailable: 2 }, 8, 2],
    [{ maxUnavailable: '25%' }, 7, 3],
  ])('counts %j of ten pods: %i must stay, %i may go', async (budget, desiredHealthy, disruptionsAllowed) => {
    const small = await smallWorld({ workloads: [{ ...web, replicas: 10, budget }] })
    expect(budgetOf(small, 'web')['status']).toMatchObject({
      expectedPods: 10,
      currentHealthy: 10,
      desiredHealthy,
      disruptionsAllowed,
      observedGeneration: 1,
    })
  })

  test('counts out a pod that is going, even where no kubelet says so', async () => {
    const small = await smallWorld({ workloads: [web] })
    const { world, loop, podsOf } = small
    const [pod = {}] = podsOf('web')
    world.hang(nodeNameOf(pod))
    world.api.delete('pods', refOf(pod))
    await loop.runFor(500)
    expect(budgetOf(small, 'web')['status']).toMatchObject({ currentHealthy: 2, desiredHealthy: 2 })
  })

  const guard = (small: SmallWorld, name: string, spec: JsonObject): void =>
    void small.world.api.create('poddisruptionbudgets.policy', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace: 'shop', name },
      spec,
    })

  test('counts what a StatefulSet wants', async () => {
    const small = await smallWorld({ workloads: [{ ...web, disk: 'PerPod', budget: { maxUnavailable: 1 } }] })
    expect(budgetOf(small, 'web')['status']).toMatchObject({
      expectedPods: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
    })
  })

  test('counts no pod that nobody controls where a share is asked for, and every pod where a number is', async () => {
    const small = await smallWorld({ workloads: [web] })
    const spec = { containers: [{ name: 'c', image: 'i' }] }
    small.world.api.create('pods', { metadata: { namespace: 'shop', name: 'loose', labels: { app: 'web' } }, spec })
    guard(small, 'share', { minAvailable: '100%', selector: { matchLabels: { app: 'web' } } })
    await small.loop.runFor(seconds(10))
    const status = { currentHealthy: 4 }
    expect(budgetOf(small, 'share')['status']).toMatchObject({ ...status, expectedPods: 3, disruptionsAllowed: 1 })
    expect(budgetOf(small, 'web')['status']).toMatchObject({ ...status, expectedPods: 4, disruptionsAllowed: 2 })
  })

  test('allows nothing where it cannot count, and says why', async () => {
    const small = await smallWorld({ workloads: [web] })
    const template = { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    small.world.api.create('daemonsets.apps', {
      metadata: { namespace: 'shop', name: 'agent' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template },
    })
    guard(small, 'agent', { maxUnavailable: 1, selector: { matchLabels: { app: 'agent' } } })
    guard(small, 'neither', { selector: { matchLabels: { app: 'web' } } })
    await small.loop.runFor(seconds(10))
    expect(budgetOf(small, 'agent')['status']).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ reason: 'SyncFailed', message: 'daemonsets.apps does not implement the scale subresource' }],
    })
    expect(budgetOf(small, 'neither')['status']).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 })
  })

  test('two budgets of one pod are one too many: its eviction is an error', async () => {
    const small = await smallWorld({ workloads: [web] })
    guard(small, 'second', { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } })
    await small.loop.runFor(seconds(10))
    expect(small.world.api.evict(refOf(small.podsOf('web')[0] ?? {})).status).toBe(500)
  })

  test('a pod that is going on a dead node is counted out, and stays', async () => {
    const small = await smallWorld({ workloads: [web] })
    const { world, loop, podsOf } = small
    world.machine('node-1').turnOff()
    await loop.runFor(minutes(8))
    expect(podsOf('web').filter(isTerminating).map(nodeNameOf)).toEqual(['node-1'])
    expect(podsOf('web')).toHaveLength(4)
    expect(budgetOf(small, 'web')['status']).toMatchObject({
      expectedPods: 4,
      currentHealthy: 3,
      disruptionsAllowed: 1,
    })
  })

  test('forgets an eviction that came to nothing after two minutes', async () => {
    const small = await smallWorld({ workloads: [web] })
    const { world, loop, podsOf } = small
    const [pod = {}] = podsOf('web')
    const disruptedPods = { [textAt(pod, 'metadata', 'name') ?? '']: '2026-01-01T00:01:00Z' }
    world.api.patchStatus(
      'poddisruptionbudgets.policy',
      { namespace: 'shop', name: 'web' },
      { status: { disruptedPods } },
    )
    await loop.runFor(seconds(10))
    expect(numberAt(budgetOf(small, 'web'), 'status', 'disruptionsAllowed')).toBe(0)
    await loop.runFor(minutes(3))
    expect(numberAt(budgetOf(small, 'web'), 'status', 'disruptionsAllowed')).toBe(1)
  })
})

describe('the scheduler', () => {
  test('says why a pod fits nowhere, and binds it once there is room', async () => {
    const { world, loop, podsOf } = await smallWorld({ workloads: [{ ...web, replicas: 1, cpu: '3' }] })
    world.api.patch('deployments.apps', { namespace: 'shop', name: 'web' }, { spec: { replicas: 4 } })
    await loop.runFor(seconds(10))
    const waiting = podsOf('web').find((pod) => nodeNameOf(pod) === '') ?? {}
    expect(waiting['status']).toMatchObject({
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu.' }],
    })
    world.api.patch('deployments.apps', { namespace: 'shop', name: 'web' }, { spec: { replicas: 3 } })
    await loop.runFor(seconds(10))
    expect(podsOf('web').map(nodeNameOf).toSorted()).toEqual(['node-1', 'node-2', 'node-3'])
  })

  test('keeps away from a cordoned node, and comes back to it', async () => {
    const { world, loop, nodesOf } = await smallWorld({ nodes: 1, workloads: [] })
    world.api.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: true } })
    world.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }])
    world.api.create('pods', {
      metadata: { namespace: 'shop', name: 'p', labels: { app: 'p' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    await loop.runFor(seconds(10))
    expect(nodesOf('p')).toEqual([])
    world.api.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: false } })
    await loop.runFor(seconds(10))
    expect(nodesOf('p')).toEqual(['node-1'])
  })
})

describe('the node lifecycle', () => {
  test('empties the nodes of one zone one after the other', async () => {
    const { world, loop, node } = await smallWorld({ nodes: 6, zones: ['a', 'b'] })
    const isEmptied = (name: string): boolean => taintsOf(node(name)).some(({ effect }) => effect === 'NoExecute')
    world.silence('node-1')
    world.silence('node-3')
    await loop.runFor(seconds(48))
    expect([isEmptied('node-1'), isEmptied('node-3')].filter(Boolean)).toHaveLength(1)
    await loop.runFor(seconds(15))
    expect([isEmptied('node-1'), isEmptied('node-3')]).toEqual([true, true])
  })

  test('mirrors a cordon as a taint, and leaves the taints of others alone', async () => {
    const { world, loop, node } = await smallWorld()
    world.api.patch(
      'nodes',
      { name: 'node-1' },
      { spec: { unschedulable: true, taints: [{ key: 'team', value: 'x', effect: 'NoSchedule' }] } },
    )
    await loop.runFor(seconds(1))
    expect(taintsOf(node('node-1')).map(({ key }) => key)).toEqual(['team', 'node.kubernetes.io/unschedulable'])
    world.api.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: null } })
    await loop.runFor(seconds(1))
    expect(taintsOf(node('node-1')).map(({ key }) => key)).toEqual(['team'])
  })
})

describe('jobs', () => {
  const job = (spec: JsonObject): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'default', name: 'job' },
    spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
  })
  const stored = ({ world }: SmallWorld): JsonObject | undefined =>
    world.api.get('jobs.batch', { namespace: 'default', name: 'job' })

  test('complete when their pod succeeds, and go when they are old', async () => {
    const small = await smallWorld()
    small.world.api.create('jobs.batch', job({ ttlSecondsAfterFinished: 60 }))
    await small.loop.runFor(seconds(20))
    expect(conditionStatus(stored(small) ?? {}, 'Complete')).toBe('True')
    expect(stored(small)?.['status']).toMatchObject({ succeeded: 1 })
    await small.loop.runFor(minutes(2))
    expect(stored(small)).toBeUndefined()
  })

  test('fail at their deadline, and take their pod along', async () => {
    const small = await smallWorld()
    small.world.api.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: true } })
    small.world.api.patch('nodes', { name: 'node-2' }, { spec: { unschedulable: true } })
    small.world.api.patch('nodes', { name: 'node-3' }, { spec: { unschedulable: true } })
    small.world.api.create('jobs.batch', job({ activeDeadlineSeconds: 30 }))
    await small.loop.runFor(seconds(20))
    expect(stored(small)?.['status']).toMatchObject({ active: 1 })
    await small.loop.runFor(seconds(20))
    expect(conditionStatus(stored(small) ?? {}, 'Failed')).toBe('True')
    const pods = small.world.api.list('pods', { labelSelector: 'job-name=job' })
    expect(pods.filter((pod) => !isTerminating(pod))).toEqual([])
  })
})

test('pods of a Node that is gone are removed after their quarantine', async () => {
  const { world, loop, podsOf } = await smallWorld({ workloads: [web] })
  world.machine('node-1').turnOff()
  world.api.delete('nodes', { name: 'node-1' })
  await loop.runFor(seconds(30))
  expect(podsOf('web').map(nodeNameOf)).toContain('node-1')
  await loop.runFor(seconds(30))
  expect(podsOf('web').map(nodeNameOf)).not.toContain('node-1')
  expect(podsOf('web')).toHaveLength(3)
})
