import { expect, test } from 'vitest'
import { bmcSecretName, defaultNamespace } from '../../api/annotations.ts'
import { isObject, type JsonObject, textAt } from '../../kernel/json.ts'
import { minutes } from '../../kernel/time.ts'
import { Hold } from '../weather/hold.ts'
import { unhandledNode } from './handled.ts'
import { stepsFollowTheTable } from './outcomes.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const believe = (scene: Scene, node: string, reason: string): void => {
  const uid = textAt(scene.truth.node(node), 'metadata', 'uid') ?? ''
  scene.operator.create('nodehealths.prunella.dev', {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'NodeHealth',
    metadata: { name: node },
    spec: { node: { name: node, uid } },
    status: { gates: [{ gate: 'ProviderReady', result: 'Hold', reason, message: 'it says so' }] },
  })
}

test('L3: what time alone ends is no excuse', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.sicken('node-1')
  believe(scene, 'node-1', 'CooldownActive')
  expect(unhandledNode(scene.truth)).toBe('L3: node-1 shows kernelDeadlock, and nobody treats it nor says why not')
})

test('L3: a machine without a mapping waits for people; one that has a mapping does not', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.sicken('node-1')
  believe(scene, 'node-1', 'TreatmentUnsupported')
  expect(unhandledNode(scene.truth)).toBe('L3: node-1 shows kernelDeadlock, and nobody treats it nor says why not')
  scene.world.api.delete('secrets', { namespace: defaultNamespace, name: bmcSecretName('node-1') })
  expect(unhandledNode(scene.truth)).toBeUndefined()
})

const unhandled = 'L3: node-1 shows kernelDeadlock, and nobody treats it nor says why not'

const sickAndHeld = async (reason: string): Promise<Scene> => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.sicken('node-1')
  believe(scene, 'node-1', reason)
  return scene
}

test('L3: the leader is left on its own node only while no other replica could take the lead', async () => {
  const scene = await sickAndHeld('OperatorOnNode')
  const [free, held] = [new Hold(), new Hold()]
  held.take()
  const there = { process: scene.process, frozen: free, cutFromServer: free, cutFromBmcs: free, nodeName: 'node-1' }
  const other = { ...there, nodeName: 'node-2' }
  scene.replicas = [there, other]
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  for (const others of [
    [],
    [there],
    [{ ...other, process: undefined }],
    [{ ...other, frozen: held }],
    [{ ...other, cutFromServer: held }],
    [{ ...other, cutFromBmcs: held }],
  ]) {
    scene.replicas = [there, ...others]
    expect(unhandledNode(scene.truth)).toBeUndefined()
  }
  scene.replicas = [other]
  expect(unhandledNode(scene.truth)).toBe(unhandled)
})

test('L3: what the signals come from is left alone only where no other ready one is elsewhere', async () => {
  const scene = await sickAndHeld('OperatorOnNode')
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  put(scene, 'prometheus-0', { node: 'node-1', labels: { 'app.kubernetes.io/name': 'prometheus' } })
  expect(unhandledNode(scene.truth)).toBeUndefined()
  put(scene, 'prometheus-1', { node: 'node-2', labels: { 'app.kubernetes.io/name': 'prometheus' } })
  expect(unhandledNode(scene.truth)).toBe(unhandled)
})

test('L3: a control plane that is said not to be ready has to be so', async () => {
  const scene = await sickAndHeld('ControlPlaneUnready')
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  believe(scene, 'node-3', 'ControlPlaneNode')
  const labels = { 'node-role.kubernetes.io/control-plane': '' }
  scene.world.api.patch('nodes', { name: 'node-3' }, { metadata: { labels } })
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  const status = { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'Said', message: '' }] }
  scene.world.api.patchStatus('nodes', { name: 'node-3' }, { status })
  expect(unhandledNode(scene.truth)).toBeUndefined()
})

test('L3: local data is at risk only where a pod with such data stands on that node', async () => {
  const scene = await sickAndHeld('LocalDataAtRisk')
  put(scene, 'elsewhere', { node: 'node-2', volume: {} })
  put(scene, 'in-memory', { node: 'node-1', volume: { medium: 'Memory' } })
  const annotations = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' }
  put(scene, 'safe', { node: 'node-1', volume: {}, annotations })
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  put(scene, 'there', { node: 'node-1', volume: {} })
  expect(unhandledNode(scene.truth)).toBeUndefined()
})

const own = 'prunella.dev/v1alpha1'

const pause = (scene: Scene, scope: JsonObject): void => {
  const spec = { scope, reason: 'r' }
  scene.world.api.create('remediationpauses.prunella.dev', {
    apiVersion: own,
    kind: 'RemediationPause',
    metadata: { name: 'stop' },
    spec,
  })
}

const policies = 'noderemediationpolicies.prunella.dev'

const addPolicy = (scene: Scene, unusual: JsonObject): void => {
  const spec = scene.world.objects.get(policies, { name: 'sim' })?.['spec']
  scene.world.api.create(policies, {
    apiVersion: own,
    kind: 'NodeRemediationPolicy',
    metadata: { name: 'rival' },
    spec: { ...(isObject(spec) ? spec : {}), ...unusual },
  })
}

const patchNode = (scene: Scene, metadata: JsonObject): void =>
  void scene.world.api.patch('nodes', { name: 'node-1' }, { metadata })

const tripped = {
  scope: '',
  tripID: 'trip-1',
  tripTime: '2026-01-01T00:00:00Z',
  state: 'Open',
  input: 'MaxUnhealthy',
  message: 'too many',
}

const trip = (scene: Scene): void =>
  void scene.world.api.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers: [tripped] } })

const terminate = (scene: Scene): void => {
  patchNode(scene, { finalizers: ['karpenter.sh/termination'] })
  scene.world.api.delete('nodes', { name: 'node-1' })
}

/** A pod of that node, and its budget. */
const guard = (scene: Scene, disruptionsAllowed: number): void => {
  const metadata = { namespace: 'default', name: 'kept', generation: 1 }
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } }
  put(scene, 'kept-1', { node: 'node-1', labels: { app: 'kept' } })
  scene.world.api.create(budgets, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec })
  const status = { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1 }
  scene.world.api.patchStatus(budgets, { namespace: 'default', name: 'kept' }, { status })
}
const budgets = 'poddisruptionbudgets.policy'

/** A pod of that node, and no other node that takes any. */
const crowd = (scene: Scene): void => {
  put(scene, 'leaves', { node: 'node-1' })
  for (const name of ['node-2', 'node-3']) scene.world.api.patch('nodes', { name }, { spec: { unschedulable: true } })
}

const borneOut: readonly (readonly [reason: string, (scene: Scene) => void])[] = [
  ['NodeExcluded', (scene) => patchNode(scene, { annotations: { 'prunella.dev/exclude': 'mine' } })],
  ['GloballyPaused', (scene) => pause(scene, { everything: {} })],
  ['PolicyPaused', (scene) => pause(scene, { policyName: 'sim' })],
  ['NodePaused', (scene) => pause(scene, { nodeName: 'node-1' })],
  ['ObserveMode', (scene) => addPolicy(scene, { mode: 'Observe' })],
  ['ConflictingPolicies', (scene) => addPolicy(scene, {})],
  ['PolicyOutranked', (scene) => addPolicy(scene, { priority: 1 })],
  ['ControlPlaneNode', (scene) => patchNode(scene, { labels: { 'node-role.kubernetes.io/control-plane': '' } })],
  ['TopologyUnknown', (scene) => patchNode(scene, { labels: { 'topology.kubernetes.io/zone': null } })],
  ['LedgerMissing', (scene) => scene.world.api.delete('disruptionledgers.prunella.dev', { name: 'cluster' })],
  ['BreakerOpen', trip],
  ['NodeTerminating', terminate],
  ['DrainBlocked', (scene) => guard(scene, 0)],
  ['InsufficientCapacity', (scene) => crowd(scene)],
  ['HostMismatch', ({ world }) => world.bmc('node-1').rewire(world.machine('node-2'))],
]

test.each(borneOut)('L3: %s is peace only where the world bears it out', async (reason, make) => {
  const scene = await sickAndHeld(reason)
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  make(scene)
  expect(unhandledNode(scene.truth)).toBeUndefined()
})

test('L3: a budget that lets a pod go blocks no drain', async () => {
  const scene = await sickAndHeld('DrainBlocked')
  guard(scene, 1)
  expect(unhandledNode(scene.truth)).toBe(unhandled)
})

test('L3: a pause of somebody else, and a trip that a person has seen, are no excuse', async () => {
  const scene = await sickAndHeld('NodePaused')
  pause(scene, { nodeName: 'node-2' })
  expect(unhandledNode(scene.truth)).toBe(unhandled)
  const other = await sickAndHeld('BreakerOpen')
  trip(other)
  const acknowledged = { spec: { acknowledgedTrips: ['trip-1'] } }
  other.world.api.patch('remediationguards.prunella.dev', { name: 'cluster' }, acknowledged)
  expect(unhandledNode(other.truth)).toBe(unhandled)
})

test('L3: an overloaded node waits only while the policy says so, and only while so many truly are', async () => {
  const scene = await sceneOf(stepsFollowTheTable, { maxUnhealthyPercent: 34 })
  for (const node of ['node-1', 'node-2']) {
    put(scene, `busy-on-${node}`, { node })
    scene.world.overload(node)
  }
  await scene.pass(minutes(5))
  const waits = /^L3: node-1 shows cpuSaturated, and nobody treats it nor says why not$/
  expect(unhandledNode(scene.truth)).toMatch(waits)
  const allowed = { type: 'RemediationAllowed', status: 'True', reason: 'TooManyOverloaded', message: 'm' }
  const conditions = [{ ...allowed, lastTransitionTime: '2026-01-01T00:00:00Z' }]
  scene.operator.patchStatus('noderemediationpolicies.prunella.dev', { name: 'sim' }, { status: { conditions } })
  expect(unhandledNode(scene.truth)).toBeUndefined()
  scene.world.overload('node-2', 1)
  await scene.pass(minutes(5))
  expect(unhandledNode(scene.truth)).toMatch(waits)
}, 30_000)

interface Stood {
  readonly node: string
  readonly labels?: JsonObject
  readonly annotations?: JsonObject
  readonly volume?: JsonObject
}

/** A pod that somebody controls, running and ready. */
function put({ world }: Scene, name: string, { node, labels = {}, annotations = {}, volume }: Stood): void {
  const ref = { namespace: 'default', name }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'some', uid: 'some-uid', controller: true }
  world.api.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...ref, labels, annotations, ownerReferences: [owner] },
    spec: {
      nodeName: node,
      containers: [{ name: 'main', image: 'registry.example/app:1' }],
      ...(volume === undefined ? {} : { volumes: [{ name: 'scratch', emptyDir: volume }] }),
    },
  })
  const conditions = [{ type: 'Ready', status: 'True' }]
  world.api.patchStatus('pods', ref, { status: { phase: 'Running', conditions } })
}
