import { nodeKind } from '../../api/core/node.ts'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind } from '../../api/v1alpha1/remediation-guard.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import type { Share } from '../../domain/budget/figures.ts'
import { Prng } from '../../kernel/prng.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { NewEvent } from '../../runtime/events.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { AlertPoll } from '../alert-poll.ts'
import { LedgerClerk } from '../ledger-clerk.ts'
import { LedgerCustody } from '../ledger-custody.ts'
import { PreparedPolicies } from '../prepared-policies.ts'
import { Sources } from '../sources/sources.ts'
import { FakeWatched, fakeWriter } from '../watched.fixture.ts'
import { runPolicyController } from './controller.ts'

export const policy = (spec = {}, generation = 1) => ({
  metadata: { name: 'general-nodes', uid: 'p', generation, resourceVersion: '1' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle'] }],
    treatments: [{ name: 'power-cycle', powerCycle: {} }],
    ...spec,
  },
})
export const node = (name: string, labels: Record<string, string> = { remediable: 'true' }) => ({
  metadata: { name, uid: name, resourceVersion: '1', labels },
})
const ledger = { metadata: { name: 'cluster', uid: 'ledger', resourceVersion: '1' }, spec: {} }

const share = { selected: 1, healthy: 1, faults: 0, loads: 0 }

interface Fleet {
  share: Share
  /** Live reads so far. */
  live: number
  /** What somebody does between our read and our write. */
  afterRead: () => void
}

type Readable = Readonly<Record<string, { readonly get: (ref: { readonly name: string }) => unknown }>>

interface Unusual {
  /** What a live read of a kind finds in place of what its cache has. */
  readonly stored?: Readable
}

/** One policy, one node, an empty ledger; whoever sets `fleet.share` says how ill they are. */
export async function controller(unusual: Unusual = {}) {
  const [clock, log, abort] = [new FakeClock(), new FakeLog(), new AbortController()]
  const caches = cachesOf()
  caches.policies.put(policy())
  caches.guards.put({ metadata: { name: 'cluster', uid: 'g', resourceVersion: '1', generation: 1 }, spec: {} })
  caches.ledger.put(ledger)
  caches.nodes.put(node('node-1'))
  const alerts = new AlertPoll({ clock, log, alerts: [] }, { everyMs: 10_000 })
  void alerts.run(abort.signal)
  const { written, cluster } = fakeWriter({
    noderemediationpolicies: caches.policies,
    remediationguards: caches.guards,
    noderemediations: caches.runs,
    disruptionledgers: caches.ledger,
  })
  const readable: Readable = {
    disruptionledgers: caches.ledger,
    noderemediations: caches.runs,
    nodes: caches.nodes,
    noderemediationpolicies: caches.policies,
    ...unusual.stored,
  }
  const events: NewEvent[] = []
  const fleet: Fleet = { share, live: 0, afterRead: () => undefined }
  const reader = {
    get: async (kind: { readonly plural: string }, ref: { readonly name: string }) => {
      fleet.live += 1
      const found = readable[kind.plural]?.get(ref)
      fleet.afterRead()
      return found
    },
    list: async () => [],
  } as ClusterReader
  const ports = {
    ...caches,
    clock,
    log,
    alerts,
    sources: new Sources({ alerts }),
    effects: { cluster },
    reader,
    events: { record: (event: NewEvent) => void events.push(event) },
    journal: { append: () => undefined },
    prepared: new PreparedPolicies(caches.policies),
    clerk: new LedgerClerk({ clock, reader, onEvidenceOf: () => ({ cluster }), custody: new LedgerCustody() }),
    shared: {
      figures: () => ({ kind: 'Known', policy: fleet.share, cluster: fleet.share }) as const,
      clusterFigures: () => ({ kind: 'Known', share: fleet.share }) as const,
    },
  }
  const leadership = { remainingMs: () => 10_000, leadingForMs: () => 1_000, whenLeading: async () => {} }
  void runPolicyController(ports, { leadership, prng: new Prng(1), signal: abort.signal })
  await clock.advance(1_000)
  return { clock, log, written, events, fleet, ...caches }
}

const cachesOf = () => ({
  policies: new FakeWatched(policyKind, {}),
  guards: new FakeWatched(guardKind, {}),
  ledger: new FakeWatched(ledgerKind, {}),
  pauses: new FakeWatched(pauseKind, {}),
  nodes: new FakeWatched(nodeKind, {}),
  health: new FakeWatched(healthKind, {}),
  runs: new FakeWatched(runKind, {
    node: () => [],
    policy: ({ spec }) => (spec === undefined ? [] : [spec.policyName]),
  }),
})
