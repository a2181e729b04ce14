import { anything, constantFrom, assert as hold, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { type ForeignWork, foreignWorkKinds } from '../../api/core/foreign-work.ts'
import { leaseKind, nodeClaimKind } from '../../api/core/kinds.ts'
import { machineKinds, nodeHealthCheckKind, openshiftMachineKind } from '../../api/core/neighbours.ts'
import { type Node, nodeKind } from '../../api/core/node.ts'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import type { ActorsSeen } from './actors-seen.ts'
import { noOtherActor } from './no-other-actor.ts'
import { surroundings } from './surroundings.fixture.ts'

const now = instant(Date.parse('2026-11-21T12:00:00Z'))

const node = (spec: JsonObject = {}, metadata: JsonObject = {}, conditions: readonly JsonObject[] = []): Node =>
  nodeKind.project({ metadata: { name: 'node-1', ...metadata }, spec, status: { conditions } })

const answer = (seen: Node, actors: Partial<ActorsSeen> = {}) =>
  noOtherActor({ node: seen, actors: { ...surroundings().actors, ...actors }, runs: [], upgrade: undefined, now })

const reasonOf = (seen: Node, actors: Partial<ActorsSeen> = {}) => answer(seen, actors).reason

const taint = (key: string) => node({ taints: [{ key, effect: 'NoSchedule' }] })
const lock = (text: string): Partial<ActorsSeen> => ({ kuredLocks: [{ daemonSet: 'kube-system/kured', text }] })

test('nobody else: pass', () => {
  expect(answer(node())).toMatchObject({ result: 'Pass', numbers: { deletionCandidate: 0 } })
})

test.each([
  ['karpenter.sh/disrupted', 'KarpenterActive'],
  ['ToBeDeletedByClusterAutoscaler', 'ClusterAutoscalerActive'],
  ['medik8s.io/drain', 'OtherActorActive'],
  ['remediation.medik8s.io/fence-agents-remediation', 'OtherActorActive'],
  ['nodeops.k8s.preferred.jp/operating', 'OtherActorActive'],
])('the taint %s gives %s', (key, reason) => {
  expect(reasonOf(taint(key))).toBe(reason)
})

test('a wish of the cluster autoscaler is a number, and holds nobody', () => {
  expect(answer(taint('DeletionCandidateOfClusterAutoscaler'))).toMatchObject({
    result: 'Pass',
    numbers: { deletionCandidate: 1 },
  })
})

test.each(['MaintenanceInProgress', 'DrainInProgress', 'MaintenancePlanned', 'DrainScheduled'])(
  'the condition %s of somebody else holds while it is True',
  (type) => {
    expect(reasonOf(node({}, {}, [{ type, status: 'True' }]))).toBe('OtherActorActive')
    expect(reasonOf(node({}, {}, [{ type, status: 'False' }]))).toBe('NoOtherActor')
  },
)

test('a cordon is foreign unless it bears our annotation', () => {
  const ours = { annotations: { 'prunella.dev/cordoned-by-run': 'uid' } }
  expect(reasonOf(node({ unschedulable: true }))).toBe('ForeignCordon')
  expect(reasonOf(node({ unschedulable: true }, ours))).toBe('NoOtherActor')
})

test('who cordoned is told by the managed fields, the last writer last', () => {
  const entry = (manager: string) => ({ manager, fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } })
  const managedFields = [entry('karpenter'), { manager: 'kubelet' }, entry('kubectl-cordon')]
  expect(answer(node({ unschedulable: true }, { managedFields })).message).toBe(
    'the manager kubectl-cordon has cordoned node node-1',
  )
})

test.each([
  ['{"nodeID":"node-1","created":"2026-11-21T11:00:00Z","TTL":0}', 'KuredActive'],
  ['{"nodeID":"node-2","created":"2026-11-21T11:00:00Z","TTL":0}', 'NoOtherActor'],
  ['{"nodeID":"node-1","created":"2026-11-21T11:00:00Z","TTL":1800000000000}', 'NoOtherActor'],
  ['{"nodeID":"node-1","created":"2026-11-21T11:45:00Z","TTL":1800000000000}', 'KuredActive'],
  ['{"maxOwners":2,"locks":[{"nodeID":"node-7"},{"nodeID":"node-1"}]}', 'KuredActive'],
  ['', 'NoOtherActor'],
  ['what is this', 'KuredActive'],
])('the lock %s gives %s', (text, reason) => {
  expect(reasonOf(node(), lock(text))).toBe(reason)
})

test('a NodeClaim that is being deleted, a NodeHealthCheck that treats, a Machine that is complained of', () => {
  const claim = nodeClaimKind.project({ metadata: { name: 'c', deletionTimestamp: '2026-11-21T11:59:00Z' } })
  expect(reasonOf(node(), { claims: [claim] })).toBe('KarpenterActive')
  const check = (name: string) =>
    nodeHealthCheckKind.project({ metadata: { name: 'nhc' }, status: { inFlightRemediations: { [name]: 'x' } } })
  expect(reasonOf(node(), { healthChecks: [check('node-2')] })).toBe('NoOtherActor')
  expect(reasonOf(node(), { healthChecks: [check('node-1')] })).toBe('NodeHealthCheckActive')
  const conditions = [{ type: 'OwnerRemediated', status: 'False' }]
  const machines = machineKinds.slice(0, 1).map((kind) => kind.project({ metadata: {}, status: { conditions } }))
  expect(reasonOf(node(), { machines })).toBe('MachineHealthCheckActive')
})

test('a Machine of OpenShift that is being deleted takes its node along', () => {
  const machine = (metadata: JsonObject) =>
    openshiftMachineKind.project({
      metadata: { name: 'worker-a', namespace: 'openshift-machine-api', ...metadata },
      status: { nodeRef: { name: 'node-1' } },
    })
  expect(reasonOf(node(), { machines: [machine({})] })).toBe('NoOtherActor')
  expect(answer(node(), { machines: [machine({ deletionTimestamp: '2026-11-21T11:59:00Z' })] }).message).toBe(
    'Machine openshift-machine-api/worker-a of node node-1 is being deleted, since 2026-11-21T11:59:00Z',
  )
})

const work = (kind: string, parts: JsonObject): readonly ForeignWork[] =>
  foreignWorkKinds
    .filter((known) => known.kind === kind)
    .map((known) => known.project({ metadata: { name: 'w' }, ...parts }))

test.each([
  ['NodeMaintenance', { spec: { nodeName: 'node-1' } }, 'OtherActorActive'],
  ['NodeMaintenance', { spec: { nodeName: 'node-1' }, status: { phase: 'Succeeded' } }, 'OtherActorActive'],
  ['NodeMaintenance', { spec: { nodeName: 'node-2' } }, 'NoOtherActor'],
  ['CycleNodeStatus', { spec: { nodeName: 'node-1' }, status: { phase: 'DrainingPods' } }, 'OtherActorActive'],
  ['CycleNodeStatus', { spec: { nodeName: 'node-1' }, status: { phase: 'Successful' } }, 'NoOtherActor'],
  ['CycleNodeRequest', { spec: { nodeNames: ['node-1'] } }, 'OtherActorActive'],
  ['CycleNodeRequest', { status: { nodesToTerminate: [{ name: 'node-1' }] } }, 'OtherActorActive'],
  ['CycleNodeRequest', { spec: { nodeNames: ['node-1'] }, status: { phase: 'Failed' } }, 'NoOtherActor'],
] as const)('a %s of %j gives %s', (kind, parts, reason) => {
  expect(reasonOf(node(), { works: work(kind, parts) })).toBe(reason)
})

test('who works on the node is told by its object', () => {
  const metadata = { name: 'cnr-1-node-1', namespace: 'kube-system', creationTimestamp: '2026-11-21T11:58:00Z' }
  const works = work('CycleNodeStatus', { metadata, spec: { nodeName: 'node-1' }, status: { phase: 'DrainingPods' } })
  expect(answer(node(), { works })).toMatchObject({
    message:
      'cyclops works on node node-1, by CycleNodeStatus kube-system/cnr-1-node-1 (DrainingPods), since 2026-11-21T11:58:00Z',
    unblockedBy: 'CycleNodeStatus kube-system/cnr-1-node-1 is over, or gone',
  })
})

test.each([
  ['is held', {}, 'OtherActorActive'],
  ['has run out', { renewTime: '2026-11-21T11:49:59Z' }, 'NoOtherActor'],
  ['was never renewed', { renewTime: '' }, 'NoOtherActor'],
  ['is nobody`s', { holderIdentity: '' }, 'NoOtherActor'],
])('a lease of medik8s that %s', (_, unusual, reason) => {
  const spec = {
    holderIdentity: 'node-maintenance',
    acquireTime: '2026-11-21T11:40:00Z',
    renewTime: '2026-11-21T11:55:00Z',
    leaseDurationSeconds: 600,
    ...unusual,
  }
  const lease = (name: string) => leaseKind.project({ metadata: { name, namespace: 'medik8s-leases' }, spec })
  expect(reasonOf(node(), { leases: [lease('node-node-1')] })).toBe(reason)
  expect(reasonOf(node(), { leases: [lease('node-node-2')] })).toBe('NoOtherActor')
})

test('draino marks what it is about to drain', () => {
  const annotations = { 'draino.planet.com/conditions': '["KernelDeadlock"]' }
  expect(reasonOf(node({}, { annotations }))).toBe('OtherActorActive')
})

test('the first of several is the headline, and the others are named', () => {
  const leaving = node({ unschedulable: true, taints: [{ key: 'karpenter.sh/disrupted' }] })
  expect(answer(leaving)).toMatchObject({
    reason: 'KarpenterActive',
    message: expect.stringContaining('; also ForeignCordon'),
    numbers: { actors: 2 },
  })
})

test('who may not be seen may be there all the same', () => {
  expect(answer(node(), { unread: ['nodehealthchecks may not be listed'] })).toMatchObject({
    result: 'Hold',
    reason: 'OtherActorActive',
  })
})

test('whatever others write, there is an answer of bounded length', () => {
  const keys = constantFrom('spec', 'status', 'metadata')
  hold(
    property(keys, anything(), string(), (key, value, text) => {
      const written: unknown = JSON.parse(JSON.stringify({ [key]: value ?? null }) ?? '{}')
      const { result, message = '' } = answer(nodeKind.project(isObject(written) ? written : {}), lock(text))
      expect(['Pass', 'Hold']).toContain(result)
      expect(message.length).toBeLessThanOrEqual(1_024)
    }),
  )
})
