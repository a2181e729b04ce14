import { afterEach, expect, test } from 'vitest'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import type { World } from '../src/sim/world/world.ts'
import { metalPolicy, OperatedCluster } from './operated-cluster.fixture.ts'

/** Every source that is heard from the API server itself, from what happens on a node to the belief that is written down. */
let cluster: OperatedCluster

afterEach(async () => await cluster.stop())

const policyWith = (signal: JsonObject, more: JsonObject = {}): JsonObject =>
  metalPolicy({
    mode: 'Observe',
    signals: [{ name: 'trouble', ...signal }],
    diagnoses: [{ name: 'sick', class: 'Fault', when: 'trouble', treatments: ['power-cycle'] }],
    ...more,
  })

/** Nodes that are believed to be sick. */
const sick = (): readonly string[] =>
  cluster.world.objects.all('nodehealths.prunella.dev').flatMap((health) => {
    const { metadata, status } = health as { metadata: { name: string }; status?: { diagnosis?: unknown } }
    return status?.diagnosis === undefined ? [] : [metadata.name]
  })

const taint = (world: World, name: string, key: string): void =>
  void world.api.patch('nodes', { name }, { spec: { taints: [{ key, effect: 'NoSchedule' }] } })

interface Trouble {
  readonly signal: JsonObject
  readonly begin: (world: World) => string
  /** Until it is believed, at the latest. */
  readonly withinMs: number
}

/** The node with the most pods of the application. */
const hostOf = (world: World): string => {
  const names = [...world.fleet.hosts.keys()]
  const counts = names.map((name) => ({ name, count: world.host(name).kubelet.pods.running.length }))
  return counts.toSorted((left, right) => right.count - left.count)[0]?.name ?? ''
}

const on = (strike: (world: World, name: string) => void) => (world: World) => {
  const name = hostOf(world)
  strike(world, name)
  return name
}

const troubles: Readonly<Record<string, Trouble>> = {
  'a lease that does not move': {
    signal: { lease: { silentSeconds: 30 } },
    begin: on((world, name) => world.host(name).kubelet.hang()),
    withinMs: seconds(60),
  },
  'events about a node': {
    signal: { nodeEvent: { reason: 'IOError', component: 'kernel-monitor', count: 3, windowSeconds: 600 } },
    begin: on((world, name) => {
      for (let count = 0; count < 3; count += 1) world.host(name).detector.event('IOError', `dev sda, ${count}`)
    }),
    withinMs: seconds(5),
  },
  'evictions by the kubelet': {
    signal: { evictionStorm: { evictions: 1, windowSeconds: 300 } },
    begin: on((world, name) => world.host(name).kubelet.pods.evict(1)),
    withinMs: seconds(5),
  },
  'pods that crash': {
    signal: { podSymptom: { symptom: 'CrashLooping', pods: 2, namespaces: 2, stuckSeconds: 60 } },
    begin: on((world, name) => world.host(name).kubelet.pods.ail('CrashLoopBackOff')),
    withinMs: seconds(70),
  },
  'boots of its own': {
    signal: { reboots: { count: 1, windowSeconds: 600 } },
    begin: on((world, name) => void world.machine(name).reboot()),
    withinMs: minutes(3),
  },
  'a notice of the cloud': {
    signal: { notice: {} },
    begin: on((world, name) => taint(world, name, 'aws-node-termination-handler/spot-itn')),
    withinMs: seconds(5),
  },
  'a new node that does not become ready': {
    signal: { startup: { timeoutSeconds: 300 } },
    begin: (world) => {
      const name = world.addNode()
      world.host(name).kubelet.setRuntimeHealthy(false)
      return name
    },
    withinMs: minutes(8),
  },
}

test.each(Object.entries(troubles))('%s is believed of that node, and of no other', async (_, trouble) => {
  cluster = new OperatedCluster([policyWith(trouble.signal)])
  await cluster.start()
  // Beyond the grace of the last boot.
  await cluster.run(minutes(4))
  expect(sick()).toEqual([])
  const name = trouble.begin(cluster.world)
  await cluster.run(trouble.withinMs, () => sick().length > 0)
  expect(sick()).toEqual([name])
})

test('a time in which no kubelet reaches the API server makes nobody sick, whatever is listened to', async () => {
  const signals = Object.values(troubles).map(({ signal }, index) => ({ name: `signal${index}`, ...signal }))
  const when = signals.map(({ name }) => name).join(' || ')
  const diagnoses = [{ name: 'sick', class: 'Fault', when, treatments: ['power-cycle'] }]
  cluster = new OperatedCluster([metalPolicy({ mode: 'Observe', signals, diagnoses })])
  await cluster.start()
  const back = cluster.world.loseServer()
  await cluster.run(minutes(4))
  back()
  await cluster.run(minutes(5), () => sick().length > 0)
  expect(sick()).toEqual([])
})

test('a node whose lease stands is powered on again, and given back when it is seen to be renewed', async () => {
  cluster = new OperatedCluster([policyWith({ lease: { silentSeconds: 30 } }, { mode: 'Automatic' })])
  await cluster.start()
  await cluster.run(minutes(1))
  cluster.world.host('node-1').kubelet.hang()
  await cluster.until('Done')
  expect(cluster.runs.map(({ spec, status }) => [spec?.node.name, status.step?.outcome])).toEqual([
    ['node-1', 'NodeRecovered'],
  ])
  expect(cluster.marksOf('node-1')).toEqual([])
})

test('pods that crash are over when a boot has ended it, and pods that were drained away prove nothing', async () => {
  const symptom = { symptom: 'CrashLooping', pods: 2, namespaces: 2, stuckSeconds: 30 }
  cluster = new OperatedCluster([policyWith({ podSymptom: symptom }, { mode: 'Automatic' })])
  await cluster.start()
  await cluster.run(minutes(4))
  const name = hostOf(cluster.world)
  cluster.world.host(name).kubelet.pods.ail('CrashLoopBackOff')
  await cluster.until('Done')
  expect(cluster.runs.map(({ spec, status }) => [spec?.node.name, status.step?.outcome])).toEqual([
    [name, 'NodeRecovered'],
  ])
})
