import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import { nothingSaid } from '../../domain/detect/sources-seen.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes, rfc3339 } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { FakeWatched, fakeWriter } from '../watched.fixture.ts'
import { runGradesController } from './controller.ts'

const nodeAs = (bootID: string, deadlock: 'True' | 'False') => ({
  metadata: { name: 'node-1', uid: 'node-1', resourceVersion: '1' },
  status: {
    nodeInfo: { bootID },
    conditions: [
      { type: 'Ready', status: 'True', reason: 'KubeletReady' },
      { type: 'KernelDeadlock', status: deadlock, reason: 'Because' },
    ],
  },
})

/** One rehearsal of one sick node, and a leader that follows it up. */
async function followed() {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const caches = {
    runs: new FakeWatched(runKind, {
      node: ({ spec }) => (spec === undefined ? [] : [spec.node.name]),
      policy: ({ spec }) => (spec === undefined ? [] : [spec.policyName]),
    }),
    nodes: new FakeWatched(nodeKind, {}),
    health: new FakeWatched(healthKind, {}),
    pauses: new FakeWatched(pauseKind, {}),
    policies: new FakeWatched(policyKind, {}),
  }
  caches.policies.put({ metadata: { name: 'general', uid: 'p', resourceVersion: '1' }, spec: {} })
  caches.nodes.put(nodeAs('boot-1', 'True'))
  caches.runs.put(rehearsalAt(rfc3339(clock.now())))
  const { written, cluster } = fakeWriter({ noderemediations: caches.runs })
  const live = { node: (): ReturnType<typeof caches.nodes.get> => caches.nodes.get({ name: 'node-1' }) }
  const ports = {
    ...caches,
    clock,
    log,
    effects: { cluster },
    reader: { get: async () => live.node() } as unknown as Pick<ClusterReader, 'get'>,
    journal: { append: () => undefined },
    disturbances: { frozen: () => undefined },
    sources: { seen: () => nothingSaid({ now: clock.now(), mono: clock.mono() }) },
  }
  const leadership = { remainingMs: () => 10_000, leadingForMs: () => 1_000, whenLeading: async () => {} }
  let process = new AbortController()
  const start = (): void => {
    process = new AbortController()
    void runGradesController(ports, { leadership, prng: new Prng(1), signal: process.signal })
  }
  start()
  await clock.advance(1_000)
  const restart = async (): Promise<void> => {
    process.abort()
    start()
    await clock.advance(1_000)
  }
  const verdict = (): string | undefined => caches.runs.get({ name: 'nr-dry' })?.status.grade?.verdict
  return { clock, log, written, verdict, live, restart, ...caches }
}

const rehearsalAt = (time: string) => ({
  metadata: { name: 'nr-dry', uid: 'nr-dry', resourceVersion: '1' },
  spec: {
    node: { name: 'node-1', uid: 'node-1' },
    policyName: 'general',
    cause: {
      diagnosis: 'kernel-hang',
      class: 'Fault',
      episode: 'e1',
      when: 'kernelDeadlock',
      signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }],
      message: 'm',
      detectedTime: time,
    },
    treatments: [{ name: 'power-cycle', powerCycle: {} }],
    dryRun: true,
  },
  status: {
    step: { name: 'Done', since: time, outcome: 'WouldHaveActed', bootID: 'boot-1' },
    completionTime: time,
  },
})

test('while nothing becomes of the node nothing is written', async () => {
  const { clock, written, verdict } = await followed()
  await clock.advance(minutes(60 * 23))
  expect([verdict(), written.length]).toEqual([undefined, 0])
  await clock.advance(minutes(61))
  expect([verdict(), written.length]).toEqual(['StillSick', 1])
})

test('a reboot by people is graded once', async () => {
  const { clock, nodes, written, verdict } = await followed()
  nodes.put(nodeAs('boot-2', 'False'))
  await clock.advance(1_000)
  nodes.put(nodeAs('boot-3', 'True'))
  await clock.advance(minutes(60 * 30))
  expect([verdict(), written.length]).toEqual(['RebootedByHand', 1])
})

test('a recovery is graded after two minutes; one that does not last is none', async () => {
  const { clock, nodes, verdict } = await followed()
  nodes.put(nodeAs('boot-1', 'False'))
  await clock.advance(minutes(1))
  nodes.put(nodeAs('boot-1', 'True'))
  await clock.advance(minutes(5))
  expect(verdict()).toBeUndefined()
  nodes.put(nodeAs('boot-1', 'False'))
  await clock.advance(minutes(3))
  expect(verdict()).toBe('RecoveredAlone')
})

test('a node that only the cache has lost was not replaced', async () => {
  const { clock, nodes, live, verdict } = await followed()
  const known = nodes.get({ name: 'node-1' })
  live.node = () => known
  nodes.drop('node-1')
  await clock.advance(1_000)
  expect(verdict()).toBeUndefined()
})

test('a policy that is deleted ends the follow-up', async () => {
  const { clock, policies, verdict } = await followed()
  policies.drop('general')
  await clock.advance(1_000)
  expect(verdict()).toBe('Unknown')
})

test('a process that dies is followed by another one: it knows from the objects when the day ends', async () => {
  const { clock, restart, written, verdict } = await followed()
  for (let hour = 0; hour < 23; hour += 1) {
    await clock.advance(minutes(60))
    await restart()
  }
  expect(verdict()).toBeUndefined()
  await clock.advance(minutes(61))
  await restart()
  await clock.advance(minutes(61))
  expect([verdict(), written.length]).toEqual(['StillSick', 1])
})

test('a recovery is watched anew by a new process, and a grade is not overruled', async () => {
  const { clock, nodes, restart, written, verdict } = await followed()
  nodes.put(nodeAs('boot-1', 'False'))
  await clock.advance(minutes(1.5))
  await restart()
  await clock.advance(minutes(1.5))
  expect(verdict()).toBeUndefined()
  await clock.advance(minutes(1))
  nodes.put(nodeAs('boot-2', 'True'))
  await restart()
  await clock.advance(minutes(60 * 25))
  expect([verdict(), written.length]).toEqual(['RecoveredAlone', 1])
})
