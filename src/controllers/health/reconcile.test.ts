import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { surroundings } from '../../domain/surroundings/surroundings.fixture.ts'
import { Prng } from '../../kernel/prng.ts'
import { recordingEffects } from '../../runtime/effects.fixture.ts'
import type { NewEvent } from '../../runtime/events.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { AlertPoll } from '../alert-poll.ts'
import { PreparedPolicies } from '../prepared-policies.ts'
import { Sources } from '../sources/sources.ts'
import { FakeWatched, fakeWriter } from '../watched.fixture.ts'
import { runHealthController } from './controller.ts'

const signals = [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 }]
const policy = {
  metadata: { name: 'general-nodes', uid: 'p', generation: 1, resourceVersion: '1' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals,
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle'] }],
    treatments: [{ name: 'power-cycle', powerCycle: {} }],
  },
}

/** A controller with a leader's rights or none, over caches that a test fills. */
async function controller({ leads = true } = {}) {
  const [clock, log, abort] = [new FakeClock(), new FakeLog(), new AbortController()]
  const caches = {
    nodes: new FakeWatched(nodeKind, {}),
    policies: new FakeWatched(policyKind, {}),
    runs: new FakeWatched(runKind, {
      node: (run) => (run.spec === undefined ? [] : [run.spec.node.name]),
      policy: (run) => (run.spec === undefined ? [] : [run.spec.policyName]),
    }),
    health: new FakeWatched(healthKind, {}),
    ledger: new FakeWatched(ledgerKind, {}),
  }
  const { written, cluster } = fakeWriter({ nodehealths: caches.health })
  const alerts = new AlertPoll({ clock, log, alerts: [] }, { everyMs: 10_000 })
  const events: NewEvent[] = []
  const lead = { leads }
  const leadership = {
    remainingMs: () => (lead.leads ? 10_000 : 0),
    leadingForMs: () => (lead.leads ? 1_000 : undefined),
    whenLeading: async (signal: AbortSignal) => {
      while (!lead.leads && !signal.aborted) await clock.sleep(500, signal)
    },
  }
  const node = (status: string, heartbeat = '2026-11-21T10:00:00Z') => ({
    metadata: { name: 'node-1', uid: 'n', resourceVersion: '1', labels: { remediable: 'true' } },
    status: { conditions: [{ type: 'KernelDeadlock', status, lastHeartbeatTime: heartbeat }] },
  })
  caches.policies.put(policy)
  caches.nodes.put(node('False'))
  void alerts.run(abort.signal)
  const ports = {
    ...caches,
    clock,
    log,
    meter: new MetricsRegistry(),
    alerts,
    sources: new Sources({ alerts }),
    fromMetrics: { whenPolled: async () => {} },
    missingRight: () => undefined,
    ripe: { note: () => {} },
    disturbances: { last: () => undefined, onChange: () => {} },
    effects: { ...recordingEffects().effects, cluster },
    events: { record: (event: NewEvent) => void events.push(event) },
    journal: { append: () => undefined },
    prepared: new PreparedPolicies(caches.policies),
    surroundings: { of: () => surroundings() },
    providers: { onAnswer: () => undefined },
  }
  void runHealthController(ports, { leadership, prng: new Prng(1), signal: abort.signal })
  await clock.advance(100)
  return { clock, written, events, lead, node, ...caches }
}

test('a node that is well causes no write, however often it is heard of', async () => {
  const { clock, written, nodes, node } = await controller()
  for (let minute = 0; minute < 30; minute += 1) {
    await clock.advance(60_000)
    nodes.put(node('False', new Date(clock.now()).toISOString()))
  }
  expect(written).toEqual([])
})

test('trouble is one create, the end of its hold one write and one event, its end one delete', async () => {
  const { clock, written, events, nodes, node, health } = await controller()
  nodes.put(node('True'))
  await clock.advance(1_000)
  expect(written.map(({ verb }) => verb)).toEqual(['create'])
  expect(events).toEqual([])
  await clock.advance(60_000)
  expect(written.map(({ verb }) => verb)).toEqual(['create', 'patch'])
  expect(events.map(({ reason, note }) => `${reason}: ${note}`)).toEqual([
    'UnhealthyDetected: kernel-hang (Fault): kernelDeadlock: condition KernelDeadlock is True',
  ])
  nodes.put(node('False'))
  await clock.advance(1_000)
  expect(written.map(({ verb }) => verb)).toEqual(['create', 'patch', 'remove'])
  expect(health.list()).toEqual([])
})

test('a replica that does not lead writes nothing, and has its holds warm when its turn comes', async () => {
  const { clock, written, nodes, node, lead, health } = await controller({ leads: false })
  nodes.put(node('True'))
  await clock.advance(30_000)
  expect(written).toEqual([])
  lead.leads = true
  await clock.advance(1_000)
  expect(health.get({ name: 'node-1' })?.status.gates.find(({ gate }) => gate === 'HoldElapsed')?.result).toBe('Pass')
})

test('a policy that is edited is judged anew', async () => {
  const { clock, written, policies, nodes, node } = await controller()
  nodes.put(node('True'))
  await clock.advance(30_000)
  policies.put({
    ...policy,
    metadata: { ...policy.metadata, generation: 2 },
    spec: { ...policy.spec, nodeSelector: { matchLabels: { pool: 'x' } } },
  })
  await clock.advance(1_000)
  expect(written.at(-1)?.verb).toBe('remove')
})

test('the health of a node that is gone goes', async () => {
  const { clock, written, nodes, node } = await controller()
  nodes.put(node('True'))
  await clock.advance(1_000)
  nodes.drop('node-1')
  await clock.advance(1_000)
  expect(written.map(({ verb }) => verb)).toEqual(['create', 'remove'])
})

test("somebody else's edit of the object is put right", async () => {
  const { clock, health, nodes, node } = await controller()
  nodes.put(node('True'))
  await clock.advance(1_000)
  const raw = health.raw('node-1') ?? {}
  health.put({ ...raw, status: {} })
  await clock.advance(1_000)
  expect(health.get({ name: 'node-1' })?.status.signals).toHaveLength(1)
})

test('an API server that drops what we write is not written to as fast as it answers', async () => {
  const { clock, health, nodes, node, written } = await controller()
  health.onChange(({ new: stored }) => {
    if (stored !== undefined && stored.status.signals.length > 0) health.put({ ...health.raw('node-1'), status: {} })
  })
  nodes.put(node('True'))
  await clock.advance(60_000)
  expect(written.length).toBeLessThanOrEqual(70)
  expect(written.length).toBeGreaterThan(10)
})
