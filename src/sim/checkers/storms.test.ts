import { expect, test } from 'vitest'
import { emptyLedger } from '../../api/initial-objects.ts'
import { isObject, type JsonObject, textAt } from '../../kernel/json.ts'
import { minutes, rfc3339, seconds } from '../../kernel/time.ts'
import { busyEveningsHoldLoad } from './busy-evening.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'
import { stormsStopStarts } from './storms.ts'

const renew = async (scene: Awaited<ReturnType<typeof sceneOf>>, ms: number): Promise<void> => {
  const lease = { namespace: 'prunella-system', name: 'prunella' }
  const spec = { holderIdentity: 'operator', leaseDurationSeconds: 15 }
  if (scene.world.objects.get('leases.coordination.k8s.io', lease) === undefined)
    scene.operator.create('leases.coordination.k8s.io', { metadata: lease, spec })
  for (let spent = 0; spent < ms; spent += seconds(10)) {
    scene.operator.patch('leases.coordination.k8s.io', lease, { spec: { ...spec, leaseTransitions: spent } })
    await scene.pass(seconds(10))
  }
}

test('I3: too many sick nodes, by the nodes themselves, stop every start until it has cooled', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 34 })
  for (const node of ['node-1', 'node-2', 'node-3']) scene.world.deadlock(node, 'Ignored')
  await renew(scene, minutes(6))
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I3: node-1 was begun with 3 sick nodes, sim allows 1'])
  for (const node of ['node-1', 'node-2', 'node-3']) scene.sicken(node, 'False')
  scene.claim('two', 'node-1', scene.run('two', 'node-1'))
  expect(scene.complaints[1]).toMatch(/of cooling/)
}, 30_000)

test('I3: nodes of one kernel that fell ill together stop every start, however many may be ill', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
  for (const node of ['node-1', 'node-2', 'node-3']) scene.world.deadlock(node, 'Ignored')
  await renew(scene, minutes(5))
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I3: node-1 was begun after 3 nodes that fell ill together of sim'])
}, 30_000)

test('I3: two that fell ill together are no storm, and neither are three one after the other', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
  for (const node of ['node-1', 'node-2', 'node-3']) {
    scene.world.deadlock(node, 'Ignored')
    await renew(scene, minutes(6))
  }
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual([])
}, 30_000)

test('I3: what a person has acknowledged may begin; a trip of somebody else does not count', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
  for (const node of ['node-1', 'node-2', 'node-3']) scene.world.deadlock(node, 'Ignored')
  await renew(scene, minutes(5))
  const breakers = ['sim', 'another'].map((scope) => ({ ...trip, scope, tripID: `of-${scope}` }))
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers } })
  const acknowledge = (acknowledgedTrips: readonly string[]): void =>
    void scene.world.api.patch('remediationguards.prunella.dev', { name: 'cluster' }, { spec: { acknowledgedTrips } })
  acknowledge(['of-another'])
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toHaveLength(1)
  acknowledge(['of-another', 'of-sim'])
  scene.claim('two', 'node-2', scene.run('two', 'node-2'))
  expect(scene.complaints).toHaveLength(1)
}, 30_000)

const trip = {
  state: 'Open',
  tripTime: '2026-01-01T00:00:00Z',
  input: 'CorrelatedFailures',
  message: 'm',
}

test('I3: what a person has acknowledged stays so, though the stamp of one of the nodes looks old for a while', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
  await renew(scene, minutes(5))
  for (const node of ['node-1', 'node-2', 'node-3']) scene.world.deadlock(node, 'Ignored')
  await scene.pass(seconds(5))
  const stamp = (lastHeartbeatTime: string): void => {
    const told = { type: 'KernelDeadlock', status: 'True', reason: 'DockerHung', message: 'm', lastHeartbeatTime }
    scene.world.api.patchStatus('nodes', { name: 'node-3' }, { status: { conditions: [told] } })
  }
  stamp('2025-12-31T00:00:00Z')
  await renew(scene, seconds(30))
  const breakers = [{ ...trip, scope: 'sim', tripID: 'of-sim', figure: 3 }]
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers } })
  const acknowledged = { spec: { acknowledgedTrips: ['of-sim'] } }
  scene.world.api.patch('remediationguards.prunella.dev', { name: 'cluster' }, acknowledged)
  await renew(scene, seconds(30))
  stamp(rfc3339(scene.loop.now()))
  await renew(scene, minutes(5))
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual([])
}, 30_000)

test('I3: a dark zone stops every start', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
  for (const name of ['node-1', 'node-2', 'node-3']) scene.world.silence(name)
  await renew(scene, minutes(6))
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I3: node-1 was begun after 3 nodes that fell ill together of the cluster'])
}, 30_000)

/** It treats its node, to no avail, and gives its slot back. */
function fail(scene: Scene, name: string): void {
  scene.claim(name, 'node-1', scene.run(name, 'node-1', { name: 'Treating', attempted: true }))
  scene.step(name, { name: 'Quarantined', cause: 'TreatmentsExhausted' })
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { slots: [] } })
}

test('I3: where treating does not help nothing starts until it has cooled, and then one canary at a time', async () => {
  const scene = await sceneOf(stormsStopStarts())
  await renew(scene, minutes(1))
  for (const name of ['one', 'two', 'three']) fail(scene, name)
  scene.claim('four', 'node-2', scene.run('four', 'node-2'))
  expect(scene.complaints).toEqual([
    'I3: node-2 was begun after 0 ms of cooling, not 300000, after 3 failed runs (one, two, three) of sim',
  ])
  await renew(scene, minutes(5))
  scene.claim('five', 'node-2', scene.run('five', 'node-2'))
  scene.claim('six', 'node-3', scene.run('six', 'node-3'))
  expect(scene.complaints[1]).toMatch(/^I3: node-3 was begun while the canary .* was unproven$/)
}, 30_000)

test('I3: two failures are no pattern; what people take out of the books is forgotten, and nothing else', async () => {
  const scene = await sceneOf(stormsStopStarts())
  const books = { name: 'cluster' }
  const written = (name: string): JsonObject => ({
    runUID: scene.truth.runs.find(({ metadata }) => metadata.name === name)?.metadata.uid ?? '',
    runName: name,
    policyName: 'sim',
    nodeName: 'node-1',
    nodeUID: 'u',
    startTime: '2026-01-01T00:00:00Z',
    attempt: true,
  })
  for (const name of ['one', 'two']) fail(scene, name)
  const starts = ['one', 'two'].map(written)
  scene.operator.patch('disruptionledgers.prunella.dev', books, { spec: { starts } })
  scene.world.api.patch('disruptionledgers.prunella.dev', books, { spec: { starts: starts.slice(1), slots: [] } })
  fail(scene, 'three')
  scene.claim('four', 'node-2', scene.run('four', 'node-2'))
  expect(scene.complaints).toEqual([])
  fail(scene, 'five')
  scene.claim('six', 'node-2', scene.run('six', 'node-2'))
  expect(scene.complaints).toEqual([expect.stringMatching(/after 3 failed runs \(two, three, five\) of sim$/)])
}, 30_000)

test('I3: a ledger that comes back under another UID stops every start until it has cooled, or a person has looked', async () => {
  const scene = await sceneOf(stormsStopStarts())
  const ledger = scene.world.objects.get('disruptionledgers.prunella.dev', { name: 'cluster' })
  const uidOfLedger = (): string =>
    textAt(scene.world.objects.get('disruptionledgers.prunella.dev', { name: 'cluster' }), 'metadata', 'uid') ?? ''
  const remember = (): void =>
    void scene.operator.patchStatus(
      'remediationguards.prunella.dev',
      { name: 'cluster' },
      { status: { ledgerUID: uidOfLedger() } },
    )
  const lose = (): void => {
    scene.world.api.delete('disruptionledgers.prunella.dev', { name: 'cluster' })
    scene.world.api.create('disruptionledgers.prunella.dev', { ...emptyLedger, spec: ledger?.['spec'] ?? {} })
  }
  remember()
  await renew(scene, minutes(5))
  lose()
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual([
    'I3: node-1 was begun after 0 ms of cooling, not 300000, after a ledger that came back as another of the cluster',
  ])
  remember()
  await renew(scene, minutes(5))
  scene.claim('two', 'node-2', scene.run('two', 'node-2'))
  expect(scene.complaints).toHaveLength(1)
  lose()
  const breakers = [{ ...trip, scope: '', tripID: 'of-the-loss', input: 'LedgerReplaced' }]
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { breakers } })
  const acknowledged = { spec: { acknowledgedTrips: ['of-the-loss'] } }
  scene.world.api.patch('remediationguards.prunella.dev', { name: 'cluster' }, acknowledged)
  scene.claim('three', 'node-3', scene.run('three', 'node-3'))
  expect(scene.complaints).toHaveLength(1)
}, 30_000)

const rival: JsonObject = { mode: 'Automatic', priority: 1 }

/** A second policy that says the same of the same nodes. */
function outrank(scene: Scene, more: JsonObject): void {
  const policies = 'noderemediationpolicies.prunella.dev'
  const stored = scene.world.objects.get(policies, { name: 'sim' })
  const spec = { ...(isObject(stored?.['spec']) ? stored['spec'] : {}), ...more }
  const kind = { apiVersion: 'prunella.dev/v1alpha1', kind: 'NodeRemediationPolicy' }
  scene.world.api.create(policies, { ...kind, metadata: { name: 'rival' }, spec })
}

test.each<[string, JsonObject, readonly string[]]>([
  ['observes only', { mode: 'Observe' }, ['I3: node-1 was begun after 3 nodes that fell ill together of sim']],
  ['acts in its place', rival, []],
  ['conflicts with it', { ...rival, priority: 0 }, []],
])(
  'I3: nodes that fell ill together, where a second policy %s',
  async (_, more, complaints) => {
    const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
    outrank(scene, more)
    for (const node of ['node-1', 'node-2', 'node-3']) scene.world.deadlock(node, 'Ignored')
    await renew(scene, minutes(5))
    scene.claim('one', 'node-1', scene.run('one', 'node-1'))
    expect(scene.complaints).toEqual(complaints)
  },
  30_000,
)

test('I3: nodes of two policies that fell ill together are a matter of the cluster', async () => {
  const scene = await sceneOf(stormsStopStarts(), { maxUnhealthyPercent: 100 })
  const hostname = 'kubernetes.io/hostname'
  outrank(scene, { ...rival, nodeSelector: { matchLabels: { [hostname]: 'node-2' } } })
  for (const node of ['node-1', 'node-2', 'node-3']) scene.world.deadlock(node, 'Ignored')
  await renew(scene, minutes(5))
  scene.claim('one', 'node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I3: node-1 was begun after 3 nodes that fell ill together of the cluster'])
}, 30_000)

const busy = (scene: Scene, machine: string, firing: boolean): void =>
  scene.happens({ kind: 'AlertBecame', machine, alert: 'NodeCPUSaturated', firing })

test('I3: on a busy evening nobody is treated for his load, a fault is; once it is over a load is, too', async () => {
  const scene = await sceneOf(busyEveningsHoldLoad(), { maxUnhealthyPercent: 34 })
  for (const node of ['node-1', 'node-2']) busy(scene, node, true)
  await renew(scene, minutes(3))
  scene.claimForLoad('early', 'node-1', scene.dryRun('early', 'node-1'))
  await renew(scene, minutes(3))
  scene.claim('hangs', 'node-3', scene.run('hangs', 'node-3'))
  expect(scene.complaints).toEqual([])
  scene.claimForLoad('one', 'node-1', scene.dryRun('one', 'node-1'))
  const complaint = 'I3: node-1 was begun for its load while more nodes of sim were overloaded than may be'
  expect(scene.complaints).toEqual([complaint])
  busy(scene, 'node-2', false)
  scene.claimForLoad('two', 'node-1', scene.dryRun('two', 'node-1'))
  expect(scene.complaints).toHaveLength(1)
}, 30_000)
