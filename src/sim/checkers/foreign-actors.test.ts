import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../kernel/json.ts'
import { minutes, rfc3339, seconds } from '../../kernel/time.ts'
import { definitionOf } from '../actors/competitors/definition-of.ts'
import { nameOf, namespaceOf } from '../world/fields.ts'
import { nodesHaveOneActor } from './foreign-actors.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'
import { upgradesStopStarts } from './upgrades.ts'

const checks = 'nodehealthchecks.remediation.medik8s.io'
const machines = 'machines.cluster.x-k8s.io'

/** What others install, long ago. */
async function withOthers(): Promise<Scene> {
  const scene = await sceneOf(nodesHaveOneActor())
  const { world } = scene
  world.apply([
    definitionOf({ group: 'remediation.medik8s.io', version: 'v1alpha1', kind: 'NodeHealthCheck', scope: 'Cluster' }),
    definitionOf({ group: 'cluster.x-k8s.io', version: 'v1beta2', kind: 'Machine', scope: 'Namespaced' }),
  ])
  const nodeRef = { name: 'node-1' }
  const metadata = { namespace: 'kube-system', name: 'machine-1' }
  world.api.create(checks, { apiVersion: 'remediation.medik8s.io/v1alpha1', kind: 'NodeHealthCheck', metadata: check })
  world.api.create(machines, { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', metadata, spec: {} })
  world.api.patchStatus(machines, machine, { status: { nodeRef } })
  await scene.pass(minutes(11))
  return scene
}

const check = { name: 'nhc' }
const machine = { namespace: 'kube-system', name: 'machine-1' }

async function actsUnder(scene: Scene): Promise<readonly string[]> {
  await scene.pass(seconds(9))
  scene.sendCordon()
  expect(scene.complaints).toEqual([])
  await scene.pass(seconds(2))
  scene.sendCordon()
  return scene.complaints
}

test.for<readonly [string, JsonObject]>([
  ['newer', { unhealthyNodes: [{ name: 'node-1', remediations: [{ resource: { kind: 'K', name: 'n' } }] }] }],
  ['older', { inFlightRemediations: { 'node-1': '2026-01-01T00:00:00Z' } }],
])('I11: an act on a node that a NodeHealthCheck treats, in its %s words', { timeout: 30_000 }, async ([, status]) => {
  const scene = await withOthers()
  scene.world.api.patchStatus(checks, check, { status })
  expect(await actsUnder(scene)).toEqual(['I11: the cordon of node-1, although NodeHealthCheck nhc treats node-1'])
})

test("I11: a node that a NodeHealthCheck calls unhealthy, and does not treat, is nobody's", async () => {
  const scene = await withOthers()
  scene.world.api.patchStatus(checks, check, { status: { unhealthyNodes: [{ name: 'node-1' }] } })
  expect(await actsUnder(scene)).toEqual([])
}, 30_000)

test('I11: an act on a node whose Machine a MachineHealthCheck has condemned', async () => {
  const scene = await withOthers()
  const conditions = [{ type: 'HealthCheckSucceeded', status: 'False' }]
  scene.world.api.patchStatus(machines, machine, { status: { conditions } })
  expect(await actsUnder(scene)).toEqual([
    'I11: the cordon of node-1, although the Machine of node-1 says HealthCheckSucceeded=False',
  ])
}, 30_000)

test('I11: power under the lock of kured, however it is written, until it ends', async () => {
  const scene = await withOthers()
  const address = '10.0.0.1'
  const node = scene.world.nodeOfBmc(address)
  const daemonSet = scene.world.objects.all('daemonsets.apps')[0] ?? {}
  const [namespace, name] = [namespaceOf(daemonSet), nameOf(daemonSet)]
  const lock = (held: Json): void =>
    void scene.world.api.patch(
      'daemonsets.apps',
      { namespace, name },
      { metadata: { annotations: { 'weave.works/kured-node-lock': JSON.stringify(held) } } },
    )
  const off = () => scene.befalls({ kind: 'PowerOrdered', by: scene.process, command: 'Off', address })
  const created = rfc3339(scene.loop.now())
  lock({ locks: [{ nodeID: node, created, TTL: minutes(2) * 1e6 }] })
  await scene.pass(seconds(11))
  off()
  expect(scene.complaints).toEqual([`I11: the power-off of ${node}, although ${name} holds its lock for ${node}`])
  await scene.pass(minutes(2))
  off()
  lock({ nodeID: 'another', created, TTL: 0 })
  await scene.pass(seconds(11))
  off()
  expect(scene.complaints).toHaveLength(1)
}, 30_000)

test('I11: a start while the fleet is being upgraded, and none once nothing moves', async () => {
  const scene = await sceneOf(upgradesStopStarts())
  const begin = (name: string): void => {
    scene.run(name, 'node-1')
    const body = scene.world.objects.get('noderemediations.prunella.dev', { name })
    const answer = { status: 201, headers: {}, body }
    scene.send('POST', '/apis/prunella.dev/v1alpha1/noderemediations', { body: {}, answer })
  }
  await scene.pass(minutes(5))
  begin('before')
  scene.world.host('node-2').kubelet.version = 'v1.37.0'
  await scene.pass(minutes(10))
  begin('during')
  expect(scene.complaints).toEqual([
    'I11: during was begun, although an upgrade moves: node-2 came back with another version',
  ])
  await scene.pass(minutes(31))
  begin('after')
  expect(scene.complaints).toHaveLength(1)
  scene.world.api.patch('nodes', { name: 'node-3' }, { spec: { unschedulable: true } })
  await scene.pass(minutes(5))
  begin('leaving')
  expect(scene.complaints[1]).toMatch(/an upgrade moves: node-3, of an older version, is on its way out$/)
}, 30_000)
