import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { meta } from '../../api/kind.fixture.ts'
import type { Kind, KubeObject } from '../../api/kind.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { gates, health, now, observation, ripe, run, shared } from '../../domain/triage/observation.fixture.ts'
import type { TriageObservation } from '../../domain/triage/observation.ts'
import { assert } from '../../kernel/assert.ts'
import type { Mono } from '../../kernel/time.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { FakeWatched, fakeWriter } from '../watched.fixture.ts'
import { reconcile } from './reconcile.ts'

const holding = <Thing extends KubeObject>(...things: readonly Thing[]) => ({
  get: () => things[0],
  list: () => things,
  byIndex: () => things,
  onChange: () => {},
  whenSynced: async () => {},
  isCurrent: () => true,
  wroteAt: () => {},
  doubt: () => {},
})

const ledger = (spec: NonNullable<DisruptionLedger['spec']>): DisruptionLedger => ({
  metadata: meta('cluster', { uid: 'ledger-uid' }),
  spec,
  status: {},
  problem: undefined,
})
const empty = { slots: [], starts: [], breakers: [], proven: [] }

const noRuns = () => new FakeWatched<NodeRemediation>(runKind, {})

const stop: RemediationPause = {
  metadata: meta('stop'),
  spec: { scope: { everything: {} }, reason: 'something looks odd' },
  status: {},
  problem: undefined,
}

interface Seen {
  readonly cached?: Partial<TriageObservation>
  readonly liveNode?: TriageObservation['node']
  readonly liveLedger?: DisruptionLedger
  /** Runs that the API server has. */
  readonly stored?: FakeWatched<NodeRemediation>
  /** What the cache shows as soon as the API server has been asked. */
  readonly heardMeanwhile?: TriageObservation['node']
  /** What a list shows; left out: the watch tells of all there are. */
  readonly listedPauses?: readonly RemediationPause[]
}

/** One look at a sick node, as the caches have it; the API server may know better. */
async function looked({ cached = {}, liveNode, liveLedger, heardMeanwhile, listedPauses, stored = noRuns() }: Seen) {
  const seen = observation(cached)
  const clock = new FakeClock()
  const { written, cluster } = fakeWriter({ noderemediations: stored })
  const read: string[] = []
  const common = shared()
  const { around = observation().around } = seen
  assert(around !== undefined, 'the ordinary case has surroundings')
  const live = async (kind: Kind): Promise<unknown> => {
    read.push(kind.plural)
    clock.freeze(100)
    return kind === nodeKind ? (liveNode ?? seen.node) : (liveLedger ?? ledger(empty))
  }
  const list = async (kind: Kind): Promise<unknown> => {
    read.push(kind.plural)
    return listedPauses ?? []
  }
  const nodeNow = () => (read.length > 0 ? (heardMeanwhile ?? seen.node) : seen.node)
  const evidenceOf: Mono[] = []
  const result = await reconcile(
    {
      clock: Object.assign(clock, { nowAtLeast: () => now }),
      log: new FakeLog(),
      journal: { append: () => undefined },
      onEvidenceOf: (readAt) => {
        evidenceOf.push(readAt)
        return { cluster }
      },
      reader: {
        get: live as Parameters<typeof reconcile>[0]['reader']['get'],
        list: list as Parameters<typeof reconcile>[0]['reader']['list'],
      },
      disturbances: { frozen: () => seen.frozen },
      ripe: { get: () => ripe() },
      sources: { seen: () => seen.sources },
      health: holding(seen.health),
      runs: { ...holding(...seen.runs), doubt: stored.doubt },
      nodes: { get: nodeNow },
      ledger: holding(ledger(empty)),
      surroundings: { of: () => around },
      providers: { ask: () => {}, onAnswer: () => {} },
      shared: {
        policy: () => common.policy,
        guard: () => ({ spec: common.guard, ledgerUID: common.ledgerUID }),
        pauses: () => common.pauses,
        hearsOfPauses: () => listedPauses === undefined,
        figures: () => common.figures,
      },
    },
    'node-1',
    { created: undefined },
  )
  return { read, started: written.map(({ verb, plural }) => `${verb} ${plural}`), evidenceOf, result }
}

test('what starts has been seen on live reads of its node and of the ledger', async () => {
  expect(await looked({})).toMatchObject({
    read: ['nodes', 'disruptionledgers'],
    started: ['create noderemediations'],
  })
})

test.each<[string, Partial<TriageObservation>, number | undefined]>([
  ['whose run is under way', { runs: [run('nr-open', { step: 'Draining' })] }, undefined],
  ['that a gate holds', { health: health({ gates: gates({ CooldownOver: 'CooldownActive' }) }) }, 10_000],
  ['of which this process is not sure', { frozen: { reason: 'ClockJumped', message: 'it jumped' } }, 10_000],
])('a node %s costs the API server no request', async (_what, cached, requeueAfterMs) => {
  expect(await looked({ cached })).toEqual({ read: [], started: [], evidenceOf: [], result: { requeueAfterMs } })
})

test('what starts rests on a look that began before its answers came, and is refused once that is too old', async () => {
  const { evidenceOf } = await looked({})
  expect(evidenceOf).toEqual([new FakeClock().mono()])
})

test('what the watches tell while an answer is awaited keeps a node back', async () => {
  const { node } = observation()
  const recovered = node && { ...node, conditions: [] }
  expect(await looked({ heardMeanwhile: recovered })).toMatchObject({
    read: ['nodes', 'disruptionledgers'],
    started: [],
  })
})

test('where the watch of pauses has fallen silent, somebody may have said stop: they are read', async () => {
  const read = ['nodes', 'disruptionledgers', 'remediationpauses']
  expect(await looked({ listedPauses: [] })).toMatchObject({ read, started: ['create noderemediations'] })
  expect(await looked({ listedPauses: [stop] })).toMatchObject({ read, started: [] })
})

test('a run that is there already and that the cache does not show makes it doubt itself', async () => {
  const stored = noRuns()
  expect((await looked({ stored })).started).toEqual(['create noderemediations'])
  expect(stored.doubts).toBe(0)
  expect((await looked({ stored })).started).toEqual([])
  expect(stored.doubts).toBe(1)
})

test('what the caches would start and the API server does not show is not started', async () => {
  const { node } = observation()
  const recovered = node && { ...node, conditions: [] }
  expect((await looked({ liveNode: recovered })).started).toEqual([])
  const slots = ['a', 'b'].map((name) => ({
    runUID: `${name}-uid`,
    runName: name,
    policyName: 'general',
    nodeName: `node-${name}`,
    nodeUID: `node-${name}-uid`,
    class: 'Fault' as const,
    domains: [],
    claimTime: '2026-01-01T00:00:00Z',
  }))
  expect((await looked({ liveLedger: ledger({ ...empty, slots }) })).started).toEqual([])
})
