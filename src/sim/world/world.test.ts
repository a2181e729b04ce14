import { describe, expect, test } from 'vitest'
import { type JsonObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { later, minutes, rfc3339, seconds } from '../../kernel/time.ts'
import { conditionStatus, isReady, nameOf, nodeNameOf, refOf, taintsOf } from './fields.ts'
import { readyNodes, smallWorld, web } from './world.fixture.ts'

describe('a cluster at rest', () => {
  test('has all nodes Ready, one daemon on each, and pods spread over nodes', async () => {
    const { world, nodesOf } = await smallWorld({ workloads: [web] })
    expect(readyNodes(world)).toEqual(['node-1', 'node-2', 'node-3'])
    expect(nodesOf('node-agent')).toEqual(['node-1', 'node-2', 'node-3'])
    expect(nodesOf('web')).toEqual(['node-1', 'node-2', 'node-3'])
  })

  test('is told no more than leases', async () => {
    const { world, loop } = await smallWorld({ workloads: [web] })
    const written: string[] = []
    world.server.onChange(({ plural }) => written.push(plural))
    await loop.runFor(minutes(4))
    expect(new Set(written)).toEqual(new Set(['leases']))
    expect(written).toHaveLength(3 * 24)
  })
})

describe('a drain under a budget', () => {
  test('moves one pod at a time, and the third eviction has to wait', async () => {
    const { world, loop, podsOf, nodesOf } = await smallWorld({ workloads: [web] })
    const [first, second] = podsOf('web')
    if (first === undefined || second === undefined) throw new Error('there are no pods')
    world.api.patch('nodes', { name: nodeNameOf(first) }, { spec: { unschedulable: true } })
    expect(world.api.evict(refOf(first)).status).toBe(201)
    expect(world.api.evict(refOf(second)).status).toBe(429)
    await loop.runFor(seconds(30))
    expect(nodesOf('web')).toHaveLength(3)
    expect(nodesOf('web')).not.toContain(nodeNameOf(first))
    expect(world.api.evict(refOf(second)).status).toBe(201)
  })

  test('a pod that is slow to stop is not replaced on the books before it is ready elsewhere', async () => {
    const { world, loop, podsOf } = await smallWorld({ workloads: [web] })
    const budget = (): unknown =>
      numberAt(
        world.api.get('poddisruptionbudgets.policy', { namespace: 'shop', name: 'web' }),
        'status',
        'disruptionsAllowed',
      )
    expect(budget()).toBe(1)
    world.api.evict(refOf(podsOf('web')[0] ?? {}))
    await loop.runFor(500)
    expect(budget()).toBe(0)
    await loop.runFor(seconds(10))
    expect(budget()).toBe(1)
  })
})

describe('a node that falls silent', () => {
  test('becomes Unknown after the grace period, and its pods move after their toleration', async () => {
    const { world, loop, node, nodesOf } = await smallWorld({ workloads: [web] })
    world.silence('node-2')
    await loop.runFor(seconds(39))
    expect(isReady(node('node-2'))).toBe(true)
    await loop.runFor(seconds(20))
    expect(conditionStatus(node('node-2'), 'Ready')).toBe('Unknown')
    expect(taintsOf(node('node-2')).map(({ effect }) => effect)).toEqual(['NoSchedule', 'NoExecute'])
    expect(nodesOf('web')).toEqual(['node-1', 'node-3'])
    await loop.runFor(minutes(6))
    expect(nodesOf('web')).toHaveLength(3)
    expect(nodesOf('web')).not.toContain('node-2')
    expect(world.host('node-2').kubelet.pods.running).toHaveLength(2)
  })

  test('and comes back is Ready again, and stops what was deleted meanwhile', async () => {
    const { world, loop, node } = await smallWorld({ workloads: [web] })
    world.silence('node-2')
    await loop.runFor(minutes(7))
    world.silence('node-2', false)
    await loop.runFor(seconds(30))
    expect(isReady(node('node-2'))).toBe(true)
    expect(taintsOf(node('node-2'))).toEqual([])
    expect(world.host('node-2').kubelet.pods.running.map(({ namespace }) => namespace)).toEqual(['kube-system'])
  })

  test('when all of them do, nobody is evicted', async () => {
    const { world, loop, podsOf, node } = await smallWorld({ workloads: [web] })
    for (const name of ['node-1', 'node-2', 'node-3']) world.silence(name)
    await loop.runFor(minutes(10))
    expect(conditionStatus(node('node-1'), 'Ready')).toBe('Unknown')
    expect(podsOf('web').filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') !== undefined)).toEqual([])
  })
})

describe('power', () => {
  test('off and on gives a new boot ID, the event Rebooted, a Ready node and restarted pods', async () => {
    const { world, loop, node, podsOf } = await smallWorld({ workloads: [web] })
    const before = textAt(node('node-1'), 'status', 'nodeInfo', 'bootID')
    world.machine('node-1').turnOff()
    await loop.runFor(minutes(2))
    expect(conditionStatus(node('node-1'), 'Ready')).toBe('Unknown')
    world.machine('node-1').turnOn()
    await loop.runFor(minutes(3))
    expect(isReady(node('node-1'))).toBe(true)
    expect(textAt(node('node-1'), 'status', 'nodeInfo', 'bootID')).not.toBe(before)
    expect(world.api.list('events').map((event) => textAt(event, 'reason'))).toEqual(['Rebooted'])
    const pod = podsOf('web').find((candidate) => nodeNameOf(candidate) === 'node-1')
    expect(listAt(pod, 'status', 'containerStatuses')).toMatchObject([{ restartCount: 1, ready: true }])
  })

  test('kills at once what runs, and the pods stay in the API', async () => {
    const { world, podsOf } = await smallWorld({ workloads: [web] })
    const killed: string[] = []
    world.onEvent((event) => {
      if (event.kind === 'ProcessKilled') killed.push(event.pod.namespace)
    })
    world.machine('node-1').turnOff()
    expect(killed.toSorted()).toEqual(['kube-system', 'shop'])
    expect(podsOf('web')).toHaveLength(3)
  })
})

describe('a kernel deadlock', () => {
  test('is seen by the problem detector within two seconds, and is gone after the next boot', async () => {
    const { world, loop, node } = await smallWorld()
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('False')
    world.deadlock('node-1')
    await loop.runFor(seconds(2))
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('True')
    expect(isReady(node('node-1'))).toBe(true)
    world.machine('node-1').turnOff()
    world.machine('node-1').turnOn()
    await loop.runFor(minutes(2))
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('False')
  })
})

describe('a job pinned to a node', () => {
  const rebootJob = (bootID: string, notAfter: string): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'prunella-system', name: 'reboot' },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          nodeName: 'node-1',
          restartPolicy: 'Never',
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: 'reboot',
              image: 'registry.example/node-job@sha256:0',
              env: [
                { name: 'EXPECTED_BOOT_ID', value: bootID },
                { name: 'NOT_AFTER', value: notAfter },
              ],
            },
          ],
        },
      },
    },
  })

  test('reboots the machine, once', async () => {
    const { world, loop, node } = await smallWorld()
    const { machine } = world.host('node-1')
    world.api.create('jobs.batch', rebootJob(machine.bootID, rfc3339(later(loop.now(), minutes(5)))))
    await loop.runFor(minutes(4))
    expect(machine.boots).toBe(2)
    expect(textAt(node('node-1'), 'status', 'nodeInfo', 'bootID')).toBe(machine.bootID)
    const job = world.api.get('jobs.batch', { namespace: 'prunella-system', name: 'reboot' }) ?? {}
    expect(conditionStatus(job, 'Failed')).toBe('True')
  })

  test('never runs on a machine that hangs, and refuses when that comes back too late', async () => {
    const { world, loop } = await smallWorld()
    const { machine } = world.host('node-1')
    const outcomes: string[] = []
    world.onEvent((event) => {
      if (event.kind === 'NodeCommandRan') outcomes.push(event.outcome)
    })
    machine.hang()
    world.api.create('jobs.batch', rebootJob(machine.bootID, rfc3339(later(loop.now(), minutes(5)))))
    await loop.runFor(minutes(4))
    expect(outcomes).toEqual([])
    await loop.runFor(minutes(4))
    machine.recover()
    await loop.runFor(minutes(1))
    expect(outcomes).toEqual(['TooLate'])
    expect(machine.boots).toBe(1)
  })

  test('goes with its job', async () => {
    const { world, loop } = await smallWorld()
    world.hang('node-1')
    world.api.create('jobs.batch', rebootJob('x', rfc3339(loop.now())))
    await loop.runFor(seconds(5))
    const pods = (): readonly JsonObject[] => world.api.list('pods', { labelSelector: 'job-name=reboot' })
    expect(pods()).toHaveLength(1)
    world.api.delete(
      'jobs.batch',
      { namespace: 'prunella-system', name: 'reboot' },
      { propagationPolicy: 'Background' },
    )
    await loop.runFor(seconds(5))
    expect(pods().filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined)).toEqual([])
  })
})

describe('overload', () => {
  test('fires after its time, and stops once the pods that cause it have gone', async () => {
    const { world, loop, podsOf } = await smallWorld({ workloads: [web] })
    world.overload('node-1')
    await loop.runFor(seconds(59))
    expect(world.alertmanager.active).toEqual([])
    await loop.runFor(seconds(2))
    expect(world.alertmanager.active).toMatchObject([{ labels: { alertname: 'NodeCPUSaturated', node: 'node-1' } }])
    const pod = podsOf('web').find((candidate) => nodeNameOf(candidate) === 'node-1')
    world.api.evict(refOf(pod ?? {}))
    await loop.runFor(seconds(10))
    expect(world.alertmanager.active).toEqual([])
  })
})

test('a load that is gone before its time never fires', async () => {
  const { world, loop, podsOf } = await smallWorld({ workloads: [web] })
  const fired: boolean[] = []
  world.onEvent((event) => {
    if (event.kind === 'AlertBecame') fired.push(event.firing)
  })
  world.overload('node-1')
  await loop.runFor(seconds(30))
  const pod = podsOf('web').find((candidate) => nodeNameOf(candidate) === 'node-1')
  world.api.evict(refOf(pod ?? {}))
  await loop.runFor(minutes(5))
  expect(fired).toEqual([])
})

describe('Karpenter', () => {
  const pools = [{ name: 'general', cpus: 4, zones: ['a', 'b'], nodes: 2 }]
  const batch = {
    namespace: 'batch',
    name: 'batch',
    replicas: 4,
    cpu: '1500m',
    nodeSelector: { 'karpenter.sh/nodepool': 'general' },
    budget: { minAvailable: 3 },
  } as const

  test('replaces a node whose claim is deleted, under the budget of its pods', async () => {
    const { world, loop, nodesOf } = await smallWorld({ nodes: 1, pools, workloads: [batch] })
    expect(nodesOf('batch')).toHaveLength(4)
    const claims = world.api.list('nodeclaims.karpenter.sh')
    expect(claims.map((claim) => conditionStatus(claim, 'Ready'))).toEqual(['True', 'True'])
    const [victim = {}] = claims
    let fewest = 4
    world.server.onChange(({ plural }) => {
      if (plural === 'pods') fewest = Math.min(fewest, nodesOf('batch').length)
    })
    world.api.delete('nodeclaims.karpenter.sh', refOf(victim))
    await loop.runFor(minutes(6))
    const left = world.api.list('nodeclaims.karpenter.sh')
    expect(left).toHaveLength(2)
    expect(left.map(nameOf)).not.toContain(nameOf(victim))
    expect(left.every(isReady)).toBe(true)
    expect(world.api.get('nodes', refOf(victim))).toBeUndefined()
    expect(world.fleet.hosts.has(nameOf(victim))).toBe(false)
    expect(nodesOf('batch')).toHaveLength(4)
    expect(fewest).toBe(3)
  })

  test('takes the room of a cordoned node for none', async () => {
    const { world, loop, nodesOf } = await smallWorld({
      nodes: 1,
      pools: [{ name: 'general', cpus: 4, zones: ['a'], nodes: 1 }],
      workloads: [{ ...batch, replicas: 1 }],
    })
    const [claim = {}] = world.api.list('nodeclaims.karpenter.sh')
    world.api.patch('nodes', refOf(claim), { spec: { unschedulable: true } })
    world.api.patch('deployments.apps', { namespace: 'batch', name: 'batch' }, { spec: { replicas: 2 } })
    await loop.runFor(minutes(3))
    expect(world.api.list('nodeclaims.karpenter.sh')).toHaveLength(2)
    expect(nodesOf('batch')).toHaveLength(2)
  })

  test('rents no more than it may', async () => {
    const { world, loop } = await smallWorld({
      nodes: 1,
      pools: [{ name: 'general', cpus: 4, zones: ['a'], nodes: 0, nodesMax: 1 }],
      workloads: [batch],
    })
    await loop.runFor(minutes(10))
    expect(world.api.list('nodeclaims.karpenter.sh')).toHaveLength(1)
  })
})

test('two worlds of one seed tell the same story', async () => {
  const story = async (): Promise<readonly string[]> => {
    const { world, loop } = await smallWorld({ workloads: [web] })
    const told: string[] = []
    world.onEvent((event) => told.push(JSON.stringify(event)))
    world.server.onChange(({ type, object }) => told.push(`${type} ${JSON.stringify(object)}`))
    world.deadlock('node-1')
    world.machine('node-2').turnOff()
    await loop.runFor(minutes(8))
    world.machine('node-2').turnOn()
    await loop.runFor(minutes(3))
    return told
  }
  expect(await story()).toEqual(await story())
})
