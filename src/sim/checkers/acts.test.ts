import { expect, test } from 'vitest'
import type { JsonObject } from '../../kernel/json.ts'
import { later, seconds } from '../../kernel/time.ts'
import { karpenterCrds } from '../world/karpenter/crds.ts'
import { controlPlaneIsLeftAlone } from './control-plane.ts'
import { actsRestOnLiveReads } from './evidence.ts'
import { nodesHaveOneActor } from './foreign-actors.ts'
import { observeIsInert } from './inert.ts'
import { onlyTheLeaderActs } from './leadership.ts'
import { readsAreBounded } from './read-load.ts'
import { loadIsBounded, patienceIsHad } from './request-load.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'
import { stopsAreHonoured } from './stops.ts'
import { evictionsKnowTheirPod } from './workloads.ts'

const node1 = '/api/v1/nodes/node-1'

function lookAt(scene: Scene, run: string): void {
  scene.send('GET', node1)
  scene.send('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1')
  scene.send('GET', `/apis/prunella.dev/v1alpha1/noderemediations/${run}`)
}

test('I5: no slot and no effect on a node of the control plane', async () => {
  const scene = await sceneOf(controlPlaneIsLeftAlone)
  scene.claim('one', 'node-2', scene.run('one', 'node-2'))
  expect(scene.complaints).toEqual([])
  scene.world.api.patch('nodes', { name: 'node-1' }, { metadata: { labels: { 'node-role.kubernetes.io/master': '' } } })
  scene.claim('two', 'node-1', scene.run('two', 'node-1'))
  expect(scene.complaints).toEqual(['I5: node-1 belongs to the control plane and was touched'])
})

test('I6: a cordon without live reads, on old ones, and on ones that no longer show the cause', async () => {
  const scene = await sceneOf(actsRestOnLiveReads())
  scene.sicken('node-1')
  const uid = scene.run('one', 'node-1', { name: 'Cordoning' })
  lookAt(scene, 'one')
  scene.sendCordon(uid)
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(11))
  scene.sendCordon(uid)
  expect(scene.complaints[0]).toBe(`I6: the cordon of node-1 rests on no fresh read of ${node1}`)
  scene.sicken('node-1', 'False')
  lookAt(scene, 'one')
  scene.sendCordon(uid)
  expect(scene.complaints[1]).toBe('I6: the cordon of node-1 rests on a look that no longer showed the cause')
})

test('I6: an eviction that says nothing of whom it means', async () => {
  const scene = await sceneOf(actsRestOnLiveReads())
  const path = '/api/v1/namespaces/kube-system/pods/nobody/eviction'
  scene.send('POST', path, { body: {}, answer: { status: 201, headers: {}, body: {} } })
  expect(scene.complaints).toEqual(['I6: the eviction of kube-system/nobody carries no precondition'])
})

test('I6: a power-off without live reads, on old ones, and on ones that no longer show the cause', async () => {
  const scene = await sceneOf(actsRestOnLiveReads())
  const address = scene.world.bmc('node-1').options.address
  const order = (command: 'Off' | 'On') => scene.befalls({ kind: 'PowerOrdered', by: scene.process, command, address })
  scene.sicken('node-1')
  scene.run('one', 'node-1', { name: 'Treating', stage: 'PoweringOff' })
  order('On')
  expect(scene.complaints).toEqual([])
  order('Off')
  expect(scene.complaints).toEqual([`I6: the power-off of node-1 rests on no fresh read of ${node1}`])
  lookAt(scene, 'one')
  order('Off')
  expect(scene.complaints).toHaveLength(1)
  scene.sicken('node-1', 'False')
  lookAt(scene, 'one')
  order('Off')
  expect(scene.complaints[1]).toBe('I6: the power-off of node-1 rests on a look that no longer showed the cause')
  scene.step('one', { name: 'Done', outcome: 'Cancelled' })
  order('Off')
  expect(scene.complaints[2]).toBe('I6: the power-off of node-1 belongs to no run')
})

test('I6: a precondition that is empty is none', async () => {
  const scene = await sceneOf(actsRestOnLiveReads())
  const body = { metadata: { resourceVersion: '' }, spec: { unschedulable: true } }
  scene.send('PATCH', node1, { body, answer: { status: 200, headers: {}, body: {} } })
  expect(scene.complaints).toEqual(['I6: the cordon of node-1 carries no precondition'])
})

test('I11: an act on a node that bears the mark of somebody else', async () => {
  const scene = await sceneOf(nodesHaveOneActor())
  scene.world.api.patch(
    'nodes',
    { name: 'node-1' },
    { spec: { taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] } },
  )
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(11))
  scene.sendCordon()
  expect(scene.complaints).toEqual([
    'I11: the cordon of node-1, although node-1 bears the taint karpenter.sh/disrupted',
  ])
})

test('I11: two runs that act on one node', async () => {
  const scene = await sceneOf(nodesHaveOneActor())
  scene.run('one', 'node-1', { name: 'Draining' })
  scene.run('two', 'node-1', { name: 'Draining' })
  expect(scene.complaints).toEqual(['I11: two runs act on node-1 at once'])
})

test('I13: after a pause one more request, and no second', async () => {
  const scene = await sceneOf(stopsAreHonoured())
  scene.run('one', 'node-1', { name: 'Cordoning' })
  const pause = {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'RemediationPause',
    metadata: { name: 'stop' },
    spec: { scope: { everything: {} }, reason: 'r' },
  }
  scene.world.api.create('remediationpauses.prunella.dev', pause)
  await scene.pass(1)
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  scene.sendCordon()
  expect(scene.complaints).toEqual(['I13: the cordon of node-1 was the 2. request after pause stop'])
})

test('I14: an eviction of somebody who was not looked up', async () => {
  const scene = await sceneOf(evictionsKnowTheirPod())
  const evict = () =>
    scene.send('POST', '/api/v1/namespaces/kube-system/pods/nobody/eviction', {
      answer: { status: 201, headers: {}, body: {} },
    })
  scene.send('GET', '/api/v1/pods')
  evict()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(11))
  evict()
  expect(scene.complaints).toEqual(['I14: the eviction of kube-system/nobody rests on no fresh read of its pod'])
})

function lead(scene: Scene, holderIdentity: string): void {
  const metadata = { namespace: 'prunella-system', name: 'prunella' }
  const spec = { holderIdentity, leaseDurationSeconds: 15 }
  if (scene.world.objects.get('leases.coordination.k8s.io', metadata) === undefined)
    scene.operator.create('leases.coordination.k8s.io', { metadata, spec })
  else
    scene.operator.patch('leases.coordination.k8s.io', metadata, {
      spec: { ...spec, leaseTransitions: scene.loop.mono() },
    })
}

test('I19: an effect of who does not lead, or no longer; late on its way is not late', async () => {
  const scene = await sceneOf(onlyTheLeaderActs())
  lead(scene, scene.process.name)
  const sentAt = scene.loop.now()
  scene.sendCordon()
  await scene.pass(seconds(16))
  scene.send('PATCH', node1, { body: {}, sentAt })
  expect(scene.complaints).toEqual([])
  scene.sendCordon()
  expect(scene.complaints[0]).toMatch(/^I19: .* while nobody led$/)
  lead(scene, 'another')
  await scene.pass(1)
  scene.sendCordon()
  expect(scene.complaints[1]).toMatch(/^I19: .* while another led$/)
})

test('I19: the Lease of a node is none of ours', async () => {
  const scene = await sceneOf(onlyTheLeaderActs())
  scene.send('PATCH', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1', { body: {} })
  scene.send('PATCH', '/apis/coordination.k8s.io/v1/namespaces/prunella-system/leases/prunella', { body: {} })
  expect(scene.complaints).toEqual([expect.stringMatching(/^I19: .*kube-node-lease\/leases\/node-1 while nobody led$/)])
})

test('I19: power within the guard gap', async () => {
  const scene = await sceneOf(onlyTheLeaderActs())
  const order = () => scene.befalls({ kind: 'PowerOrdered', by: scene.process, command: 'Off', address: '10.0.0.1' })
  for (let spent = 0; spent < 30; spent += 10) {
    lead(scene, scene.process.name)
    await scene.pass(seconds(10))
    if (spent === 0) order()
  }
  order()
  expect(scene.complaints).toEqual([`I19: ${scene.process.name} switched power Off too soon after its predecessor`])
})

test('I21: writes grow with what is in trouble', async () => {
  const scene = await sceneOf(loadIsBounded())
  for (let index = 0; index < 40; index += 1) scene.send('PATCH', `/api/v1/nodes/flood-${index}`, { body: {} })
  expect(scene.complaints).toEqual([])
  scene.send('PATCH', '/api/v1/nodes/flood-40', { body: {} })
  expect(scene.complaints).toEqual(['I21: 41 writes within 10000 ms, with 0 things in trouble'])
})

test('I21: what has come to its end just now was written for too', async () => {
  const scene = await sceneOf(loadIsBounded())
  const flood = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) scene.send('PATCH', `/api/v1/nodes/flood-${index}`, { body: {} })
  }
  scene.run('one', 'node-1')
  flood(0, 40)
  scene.operator.delete('noderemediations.prunella.dev', { name: 'one' })
  flood(40, 70)
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(11))
  flood(70, 111)
  expect(scene.complaints).toEqual(['I21: 41 writes within 10000 ms, with 0 things in trouble'])
})

const oneRun = '/apis/prunella.dev/v1alpha1/noderemediations/one'

test.each([
  ['PATCH', node1, 429],
  ['PATCH', node1, 503],
  ['GET', oneRun, 429],
  ['GET', oneRun, 503],
] as const)('I21: who is asked for patience, and has none: %s %s %i', async (method, path, status) => {
  const scene = await sceneOf(patienceIsHad())
  const body = method === 'GET' ? {} : { body: {} }
  const answer = { status, headers: { 'retry-after': '5' }, body: {} }
  const before = scene.loop.now()
  await scene.pass(seconds(1))
  scene.send(method, path, { ...body, answer })
  scene.send(method, path, { ...body, sentAt: before })
  scene.send(method, path, { ...body, answer })
  scene.send(method, path, { ...body, sentAt: later(scene.loop.now(), seconds(4.8)) })
  expect(scene.complaints).toEqual([])
  scene.send(method, path, { ...body, answer })
  scene.send(method, path, { ...body, sentAt: later(scene.loop.now(), seconds(1)) })
  expect(scene.complaints[0]).toMatch(new RegExp(`^I21: .* sent ${method} .* again 3750 ms before it was asked to$`))
})

test('I21: of a slot whose run is over the keeper of the ledger asks too; the claim of a node is read by each of its runs', async () => {
  const scene = await sceneOf(patienceIsHad())
  const askedTwice = (path: string): void => {
    scene.send('GET', path, { answer: { status: 429, headers: { 'retry-after': '5' }, body: {} } })
    scene.send('GET', path, { sentAt: later(scene.loop.now(), 100) })
  }
  scene.world.apply([...karpenterCrds, claimOf('node-2')])
  scene.world.api.patchStatus('nodeclaims.karpenter.sh', { name: 'of-node-2' }, { status: { nodeName: 'node-2' } })
  const claim = '/apis/karpenter.sh/v1/nodeclaims/of-node-2'
  scene.run('two', 'node-2', { name: 'Draining' })
  askedTwice(claim)
  expect(scene.complaints).toHaveLength(1)
  scene.run('three', 'node-2', { name: 'Claiming' })
  askedTwice(claim)
  expect(scene.complaints).toHaveLength(1)
  scene.claim('one', 'node-1', scene.run('one', 'node-1', { name: 'Draining' }))
  askedTwice(oneRun)
  expect(scene.complaints).toHaveLength(2)
  scene.step('one', { name: 'Done', outcome: 'Cancelled' })
  askedTwice(oneRun)
  expect(scene.complaints).toHaveLength(2)
})

const claimOf = (nodeName: string): JsonObject => ({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodeClaim',
  metadata: { name: `of-${nodeName}` },
  spec: {
    nodeClassRef: { group: 'sim.example', kind: 'SimNodeClass', name: 'any' },
    requirements: [],
  },
})

test('I21: a 503 that names no time asks for none, and what many read is read by another one', async () => {
  const scene = await sceneOf(patienceIsHad())
  const sent = () => ({ sentAt: later(scene.loop.now(), 100) })
  scene.send('GET', oneRun, { answer: { status: 503, headers: {}, body: {} } })
  scene.send('GET', oneRun, sent())
  scene.send('GET', ledger, { answer: { status: 429, headers: { 'retry-after': '5' }, body: {} } })
  scene.send('GET', ledger, sent())
  expect(scene.complaints).toEqual([])
})

const ledger = '/apis/prunella.dev/v1alpha1/disruptionledgers/cluster'
const allRuns = '/apis/prunella.dev/v1alpha1/noderemediations'

test('I21: a node that nobody treats is hardly read, one under a run as often as the run looks', async () => {
  const scene = await sceneOf(readsAreBounded())
  for (let count = 0; count < 7; count += 1) scene.send('GET', node1)
  await scene.pass(seconds(11))
  for (let count = 0; count < 7; count += 1) scene.send('GET', node1)
  scene.run('one', 'node-2')
  for (let count = 0; count < 30; count += 1) scene.send('GET', '/api/v1/nodes/node-2')
  scene.step('one', { name: 'Done' })
  await scene.pass(seconds(5))
  for (let count = 0; count < 30; count += 1) scene.send('GET', '/api/v1/nodes/node-2')
  expect(scene.complaints).toEqual([])
  scene.send('GET', node1)
  expect(scene.complaints).toEqual([
    expect.stringMatching(/^I21: .* read the idle node node-1 8 times within 10000 ms$/),
  ])
  // Another process begins with a watch of its own.
  scene.newProcess()
  scene.send('GET', node1)
  expect(scene.complaints).toHaveLength(1)
})

test('I21: all runs are listed a few times, by pages, for each that has yet to claim; pods of one node are not all', async () => {
  const scene = await sceneOf(readsAreBounded())
  for (let count = 0; count < 4; count += 1) scene.send('GET', allRuns)
  scene.send('GET', allRuns, { query: { continue: 'next' } })
  for (let count = 0; count < 20; count += 1)
    scene.send('GET', '/api/v1/pods', { query: { fieldSelector: 'spec.nodeName=node-1' } })
  expect(scene.complaints).toEqual([])
  scene.send('GET', allRuns)
  expect(scene.complaints).toEqual([expect.stringMatching(/^I21: .* read all noderemediations 5 times/)])
  scene.run('one', 'node-1', { name: 'Claiming' })
  scene.send('GET', allRuns)
  expect(scene.complaints).toHaveLength(1)
})

test('I21: whatever is read, it grows with the runs that are open', async () => {
  const scene = await sceneOf(readsAreBounded())
  scene.run('one', 'node-1')
  for (let count = 0; count < 200; count += 1) scene.send('GET', ledger)
  expect(scene.complaints).toEqual([])
  for (let count = 0; count < 60; count += 1) scene.send('GET', ledger)
  expect(scene.complaints.at(-1)).toMatch(/^I21: .* read 260 times, with 1 runs, 1 steps and 0 sick nodes/)
})

test('I23: in Observe nothing is touched, and a dry run takes no slot', async () => {
  const scene = await sceneOf(observeIsInert(), { mode: 'Observe' })
  const uid = scene.dryRun('dry', 'node-1')
  scene.send('PATCH', '/apis/coordination.k8s.io/v1/namespaces/prunella-system/leases/prunella', { body: {} })
  expect(scene.complaints).toEqual([])
  scene.send('PATCH', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1', { body: {} })
  expect(scene.complaints[0]).toMatch(/leases\/node-1, and no run was ever to act$/)
  scene.complaints.length = 0
  scene.sendCordon()
  expect(scene.complaints[0]).toMatch(/and no run was ever to act$/)
  scene.claim('dry', 'node-1', uid)
  expect(scene.complaints.at(-1)).toBe('I23: the dry run dry took a slot')
})
