import { expect, test } from 'vitest'
import { annotation, runFinalizer } from '../../api/annotations.ts'
import { nodeKind } from '../../api/core/node.ts'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { pauseKind, type RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { observation, runSpec, slot, systemUUID } from '../../domain/remediation/observation.fixture.ts'
import { surroundings } from '../../domain/surroundings/surroundings.fixture.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { ClusterReader, Patch } from '../../ports/cluster.ts'
import { ConflictError, RefusedError } from '../../ports/errors.ts'
import { recordingEffects } from '../../runtime/effects.fixture.ts'
import type { NewEvent } from '../../runtime/events.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { LedgerClerk } from '../ledger-clerk.ts'
import { LedgerCustody } from '../ledger-custody.ts'
import { FakeWatched } from '../watched.fixture.ts'
import type { RemediationPorts } from './ports.ts'
import { reconcile } from './reconcile.ts'
import { Sightings } from './sightings.ts'

interface Unusual {
  readonly isMoved?: boolean
  /** Nothing keeps the run. */
  readonly isLetGo?: boolean
  readonly status?: JsonObject
  /** What is stored besides the run, by plural. */
  readonly beside?: Readonly<Record<string, JsonObject>>
  readonly knownPauses?: readonly RemediationPause[]
  /** What reads of the ledger show, one after the other, before it is as it stands beside. */
  readonly ledgers?: readonly JsonObject[]
  /** Once the pauses have been listed. */
  readonly thenPauses?: readonly RemediationPause[]
  /** What the watches tell then, of the run and of its node. */
  readonly thenRun?: JsonObject
  /** What reads show by then, by plural. */
  readonly thenBeside?: Readonly<Record<string, JsonObject>>
  readonly thenNode?: JsonObject
}

/** One run whose node has left the cluster: it ends, whatever else is the matter. */
function bed({ isMoved = false, status = {}, beside = {}, knownPauses = [], ...unusual }: Unusual = {}) {
  const ledgers = [...(unusual.ledgers ?? [])]
  let pauses = knownPauses
  let shown = beside
  const listed: string[] = []
  const got: string[] = []
  const patches: Patch[] = []
  const events: NewEvent[] = []
  const { effects, sent } = recordingEffects()
  const { around, shared, sources } = observation()
  const runs = new FakeWatched(runKind, { node: () => [], policy: () => [] })
  // What the watches tell is older than what a read tells: they still show the node, and an earlier version of the run.
  const nodes = new FakeWatched(nodeKind, {})
  nodes.put({ metadata: { name: 'node-1', uid: 'node-1-uid', resourceVersion: '5' } })
  const finalizers = unusual.isLetGo === true ? [] : [runFinalizer]
  const metadata = { name: 'nr-1', uid: 'r', generation: 1, finalizers }
  runs.put({ metadata: { ...metadata, resourceVersion: '11' }, spec: { ...runSpec() } })
  const stored = { metadata: { ...metadata, resourceVersion: '12' }, spec: { ...runSpec() }, status }
  const [clock, custody] = [new FakeClock(), new LedgerCustody()]
  const hear = (): void => {
    pauses = unusual.thenPauses ?? pauses
    shown = { ...beside, ...unusual.thenBeside }
    if (unusual.thenRun !== undefined)
      runs.put({ metadata: { ...metadata, ...unusual.thenRun }, spec: { ...runSpec() } })
    if (unusual.thenNode !== undefined) nodes.put(unusual.thenNode)
  }
  const reader: ClusterReader = {
    get: async (kind) => {
      got.push(kind.plural)
      const next = kind.plural === ledgerKind.plural ? ledgers.shift() : undefined
      const found = next ?? (kind.plural === runKind.plural ? stored : shown[kind.plural])
      return found && kind.project(found)
    },
    list: async (kind) => {
      listed.push(kind.plural)
      if (kind.plural === pauseKind.plural) hear()
      const found = shown[kind.plural]
      return found === undefined ? [] : [kind.project(found)]
    },
  }
  const ports: RemediationPorts = {
    clock,
    reader,
    power: { read: async () => ({ power: 'On', systemUUID }) },
    effects: {
      cluster: {
        ...effects.cluster,
        patch: async (kind, _ref, patch) => {
          if (isMoved) throw new ConflictError('run')
          patches.push(patch)
          return kind.project(stored)
        },
      },
    },
    onEvidenceOf: () => effects,
    disturbances: { last: () => undefined, frozen: () => undefined },
    sightings: new Sightings(),
    custody,
    clerk: new LedgerClerk({ clock, reader, onEvidenceOf: () => effects, custody }),
    missingRight: () => undefined,
    shared: {
      policy: () => shared?.policy,
      guard: () => shared && { spec: shared.guard, ledgerUID: shared.ledgerUID },
      figures: () => shared?.figures ?? { kind: 'Doubtful', message: 'no list yet' },
      pauses: () => pauses,
    },
    sources: { fresh: async () => sources },
    neighbours: { seen: () => around.actors, fresh: async () => around.actors },
    budgets: { of: () => ({ budgets: [], unread: {} }) },
    surroundings: { of: () => surroundings(), vital: () => around.vital },
    runs,
    nodes,
    events: { record: (event) => void events.push(event) },
    journal: { append: () => undefined },
    log: new FakeLog(),
    config: { namespace: 'prunella-system', nodeJobImage: 'busybox' },
  }
  return { look: async () => await reconcile(ports, 'nr-1', new Map()), patches, events, sent, listed, got }
}

test('the step is written by the version of the run that was read, and nothing else is done in that look', async () => {
  const { look, patches, sent } = bed()
  expect(await look()).toEqual({ requeueAfterMs: 0 })
  expect(patches).toMatchObject([
    { type: 'Merge', resourceVersion: '12', subresource: 'status', body: { status: { step: { name: 'Releasing' } } } },
  ])
  expect(sent).toEqual([])
})

test('a run that is over and let go costs one read', async () => {
  const status = { step: { name: 'Done', since: '2026-11-21T09:00:00Z', outcome: 'NodeRecovered', rung: 0 } }
  const kept = bed({ status })
  await kept.look()
  expect(kept.got.length).toBeGreaterThan(1)
  const letGo = bed({ status, isLetGo: true })
  expect(await letGo.look()).toEqual({ requeueAfterMs: undefined })
  expect([letGo.got, letGo.listed]).toEqual([['noderemediations'], []])
})

test('whoever wrote meanwhile is read first: nothing is told and nothing is done', async () => {
  const { look, events, sent } = bed({ isMoved: true })
  await expect(look()).rejects.toThrow(ConflictError)
  expect([...events, ...sent]).toEqual([])
})

test('a run on a rung that its ladder does not have is told by name, and stops nobody but itself', async () => {
  const step = { name: 'Draining', since: '2026-11-21T09:00:00Z', deadline: '2026-11-21T11:00:00Z', rung: 7 }
  const { look, events, patches, sent } = bed({ status: { step } })
  await expect(look()).rejects.toThrow(RefusedError)
  expect(events).toMatchObject([{ reason: 'RemediationHeld', note: expect.stringContaining('has no rung 7') }])
  expect([...patches, ...sent]).toEqual([])
})

const aboutToCordon = {
  status: {
    step: {
      name: 'Cordoning',
      since: '2026-11-21T09:00:00Z',
      deadline: '2099-01-01T00:00:00Z',
      rung: 0,
      attempted: true,
    },
  },
  beside: {
    nodes: {
      metadata: { name: 'node-1', uid: 'node-1-uid', resourceVersion: '7' },
      status: {
        conditions: [{ type: 'KernelDeadlock', status: 'True', lastTransitionTime: '2026-11-21T09:00:00Z' }],
        nodeInfo: { bootID: 'boot-1' },
      },
    },
    disruptionledgers: {
      metadata: { name: 'cluster', uid: 'ledger-uid', resourceVersion: '3' },
      spec: { slots: [{ ...slot('r') }] },
    },
  },
}
const stop = { metadata: { name: 'stop' }, spec: { scope: { everything: {} }, reason: 'an incident' } }

test('what would be done is free of pauses on a live read as well', async () => {
  const { look, listed, sent } = bed(aboutToCordon)
  await look()
  expect(sent).toEqual(['patch'])
  expect(listed).toEqual(['remediationpauses'])
})

test('a pause that no watch has told of yet stops the very act', async () => {
  const beside = { ...aboutToCordon.beside, remediationpauses: stop }
  const { look, sent, patches } = bed({ ...aboutToCordon, beside })
  await look()
  expect(sent).toEqual([])
  expect(JSON.stringify(patches)).toContain('GloballyPaused')
})

test('a pause that the watches have told of keeps back without a live list', async () => {
  const { look, sent, listed } = bed({ ...aboutToCordon, knownPauses: [pauseKind.project(stop)] })
  await look()
  expect([...sent, ...listed]).toEqual([])
})

const ledgerOf = (slots: readonly string[], version = '3'): JsonObject => ({
  metadata: { name: 'cluster', uid: 'ledger-uid', resourceVersion: version },
  spec: { slots: slots.map((runUID) => ({ ...slot(runUID) })) },
})
const aboutToClaim = {
  status: { step: { name: 'Claiming', since: '2026-11-21T09:59:50Z', deadline: '2099-01-01T00:00:00Z', rung: 0 } },
  beside: { ...aboutToCordon.beside, disruptionledgers: ledgerOf([]) },
}

test('a slot is claimed on the ledger as the clerk reads it', async () => {
  const { look, sent } = bed(aboutToClaim)
  await look()
  expect(sent).toEqual(['patch'])
})

test('what others have taken since the look is taken: nothing is written, and the next look comes soon', async () => {
  const taken = ledgerOf(['other'])
  const { look, sent } = bed({
    ...aboutToClaim,
    ledgers: [ledgerOf([])],
    beside: { ...aboutToClaim.beside, disruptionledgers: taken },
  })
  expect(await look()).toEqual({ requeueAfterMs: 50 })
  expect(sent).toEqual([])
})

test('a ledger that somebody else has written since is claimed on only after another look', async () => {
  const theirs = { ...aboutToClaim.beside, disruptionledgers: ledgerOf([], '4') }
  const { look, sent } = bed({ ...aboutToClaim, ledgers: [ledgerOf([])], beside: theirs })
  expect(await look()).toEqual({ requeueAfterMs: 50 })
  expect(sent).toEqual([])
})

test('a pause that the watches tell of while a claim waits stops it', async () => {
  const { look, sent } = bed({ ...aboutToClaim, thenPauses: [pauseKind.project(stop)] })
  expect(await look()).toEqual({ requeueAfterMs: 50 })
  expect(sent).toEqual([])
})

const excluded = { metadata: { name: 'node-1', uid: 'node-1-uid', annotations: { [annotation.exclude]: 'true' } } }

test.each([
  ['a cancel', { thenRun: { generation: 2 } }],
  ['an exclusion', { thenNode: excluded }],
])('%s that the watches tell of while a claim waits stops it', async (_what, then) => {
  const { look, sent } = bed({ ...aboutToClaim, ...then })
  expect(await look()).toEqual({ requeueAfterMs: 50 })
  expect(sent).toEqual([])
})

test('what the look has seen already is its own to judge: a run under way takes a lost slot again on an excluded node', async () => {
  const [node, step] = [aboutToCordon.beside.nodes, { ...aboutToCordon.status.step, name: 'Draining' }]
  const annotations = {
    [annotation.cordonedByRun]: 'r',
    [annotation.cordonBefore]: 'false',
    [annotation.exclude]: 'true',
  }
  const nodes = { ...node, metadata: { ...node.metadata, annotations }, spec: { unschedulable: true } }
  const { look, sent } = bed({ status: { step }, beside: { ...aboutToClaim.beside, nodes }, thenNode: nodes })
  await look()
  expect(sent).toEqual(['patch'])
})

test('a step into a treatment leaves on the evidence of this look, and so no later', async () => {
  const drained = { ...aboutToCordon.status.step, name: 'Draining' }
  const cordoned = {
    metadata: { annotations: { [annotation.cordonedByRun]: 'r', [annotation.cordonBefore]: 'false' } },
  }
  const node = { ...aboutToCordon.beside.nodes, spec: { unschedulable: true } }
  const nodes = { ...node, metadata: { ...node.metadata, ...cordoned.metadata } }
  const { look, sent, patches } = bed({ status: { step: drained }, beside: { ...aboutToCordon.beside, nodes } })
  await look()
  expect([sent, patches]).toEqual([['patch'], []])
})

const aboutToSwitchOff = {
  status: {
    step: {
      ...aboutToCordon.status.step,
      name: 'Treating',
      stage: 'PoweringOff',
      stageSince: '2026-11-21T09:00:00Z',
      rung: 1,
      bootID: 'boot-1',
    },
  },
  beside: {
    ...aboutToCordon.beside,
    nodes: {
      ...aboutToCordon.beside.nodes,
      metadata: {
        ...aboutToCordon.beside.nodes.metadata,
        annotations: { [annotation.cordonedByRun]: 'r', [annotation.cordonBefore]: 'false' },
      },
      spec: { unschedulable: true },
    },
    secrets: {
      metadata: { name: 'bmc-node-1', namespace: 'prunella-system' },
      data: Object.fromEntries(
        Object.entries({ address: '10.0.0.1', username: 'admin', password: 'secret' }).map(([key, value]) => [
          key,
          Buffer.from(value).toString('base64'),
        ]),
      ),
    },
  },
}

const { metadata: seenMetadata, status: seenStatus } = aboutToSwitchOff.beside.nodes
const well = { ...seenStatus, conditions: [{ ...seenStatus.conditions[0], status: 'False' }] }

const aboutToOrderReboot = {
  ...aboutToSwitchOff,
  status: { step: { ...aboutToSwitchOff.status.step, stage: 'Ordering', rung: 0, deadline: '2026-11-21T11:00:00Z' } },
}

const unconditional = [
  ['turnOff', aboutToSwitchOff],
  ['create', aboutToOrderReboot],
] as const

test.each(unconditional)('%s is sent after a last look, for it knows no precondition', async (order, about) => {
  const { look, sent } = bed(about)
  await look()
  expect(sent).toEqual([order])
})

const changes = [
  { metadata: { ...seenMetadata, uid: 'another-uid' } },
  { metadata: { ...seenMetadata, annotations: { 'example.com/mine': 'yes' } } },
  { status: well },
]

test.each(unconditional)(
  '%s is kept back by another node, by a mark of somebody, by a node that is well',
  async (_order, about) => {
    for (const change of changes) {
      const nodes = { ...about.beside.nodes, ...change }
      const { look, sent } = bed({ ...about, thenBeside: { nodes } })
      await look()
      expect(sent).toEqual([])
    }
  },
)
