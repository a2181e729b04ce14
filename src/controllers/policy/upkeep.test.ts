import { expect, test } from 'vitest'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { rfc3339, seconds } from '../../kernel/time.ts'
import { controller } from './controller.fixture.ts'

const share = (faults: number) => ({ selected: 10, healthy: 10 - faults, faults, loads: 0 })

type Bed = Awaited<ReturnType<typeof controller>>

const breakersOf = ({ ledger }: Bed) =>
  (ledger.get({ name: 'cluster' })?.spec?.breakers ?? []).map(({ scope, state }) => `${scope || 'cluster'} ${state}`)

/** Something is counted anew, and a moment passes. */
async function look(bed: Bed, faults: number): Promise<void> {
  bed.fleet.share = share(faults)
  bed.pauses.put({
    metadata: { name: 'w', uid: 'w', resourceVersion: '1' },
    spec: { scope: { nodeName: 'x' }, reason: 'r' },
  })
  await bed.clock.advance(seconds(3))
}

const slot = (bed: Bed, runUID: string, unusual: object = {}) => ({
  runUID,
  runName: `nr-${runUID}`,
  policyName: 'general-nodes',
  nodeName: 'node-1',
  nodeUID: 'node-1',
  class: 'Fault',
  claimTime: rfc3339(bed.clock.now()),
  startTime: rfc3339(bed.clock.now()),
  ...unusual,
})

const edit = (bed: Bed, spec: object): void => {
  const raw = bed.ledger.raw('cluster') ?? {}
  bed.ledger.put({ ...raw, spec: { ...Object(raw['spec']), ...spec } })
}

test('a storm trips both breakers with one write, and people are told once each', async () => {
  const bed = await controller()
  await look(bed, 5)
  expect(breakersOf(bed)).toEqual(['cluster Open', 'general-nodes Open'])
  await look(bed, 5)
  expect(bed.written.filter(({ plural }) => plural === 'disruptionledgers')).toHaveLength(1)
  expect(
    bed.events.map(({ reason, type, regarding }) => `${type} ${reason} ${regarding.kind.kind}`).toSorted(),
  ).toEqual(['Warning BreakerOpened NodeRemediationPolicy', 'Warning BreakerOpened RemediationGuard'])
  const conditions = [bed.guards.get({ name: 'cluster' }), bed.policies.get({ name: 'general-nodes' })].map(
    (object) => object?.status.conditions.find(({ type }) => type === 'BreakerClosed')?.reason,
  )
  expect(conditions).toEqual(['BreakerOpen', 'BreakerOpen'])
})

test('it cools by our own clock, and half open it waits for its canary', async () => {
  const bed = await controller()
  await look(bed, 5)
  await look(bed, 1)
  expect(breakersOf(bed)).toEqual(['cluster Cooling', 'general-nodes Cooling'])
  await bed.clock.advance(seconds(800))
  expect(breakersOf(bed)).toEqual(['cluster Cooling', 'general-nodes Cooling'])
  await bed.clock.advance(seconds(110))
  expect(breakersOf(bed)).toEqual(['cluster HalfOpen', 'general-nodes HalfOpen'])
  await bed.clock.advance(seconds(7_200))
  expect(breakersOf(bed)).toEqual(['cluster HalfOpen', 'general-nodes HalfOpen'])
})

test('the trip that a person acknowledges is over, the other is not', async () => {
  const bed = await controller()
  await look(bed, 5)
  await look(bed, 1)
  const [trip] = bed.ledger.get({ name: 'cluster' })?.spec?.breakers ?? []
  const guard = bed.guards.raw('cluster') ?? {}
  bed.guards.put({ ...guard, spec: { acknowledgedTrips: [trip?.tripID ?? ''] } })
  await look(bed, 1)
  expect(breakersOf(bed)).toEqual(['general-nodes Cooling'])
  expect(bed.events.at(-1)).toMatchObject({
    reason: 'BreakerClosed',
    note: `trip ${trip?.tripID} is over: a person has reset it`,
  })
})

test('a ledger that only the cache has lost is read live, or no breaker would trip', async () => {
  const stored = { metadata: { name: 'cluster', uid: 'ledger', resourceVersion: '1' }, spec: {} }
  const bed = await controller({ stored: { disruptionledgers: { get: () => ledgerKind.project(stored) } } })
  bed.ledger.drop('cluster')
  // The writes of this bed go to its caches.
  bed.fleet.afterRead = () => void (bed.ledger.raw('cluster') ?? bed.ledger.put(stored))
  await look(bed, 5)
  expect(breakersOf(bed)).toEqual(['cluster Open', 'general-nodes Open'])
})

test('a ledger that is deleted and comes back empty is tripped before it is remembered', async () => {
  const bed = await controller()
  bed.ledger.drop('cluster')
  await look(bed, 1)
  bed.ledger.put({ metadata: { name: 'cluster', uid: 'another', resourceVersion: '7' }, spec: {} })
  await look(bed, 1)
  const [trip] = bed.ledger.get({ name: 'cluster' })?.spec?.breakers ?? []
  expect(trip).toMatchObject({ scope: '', input: 'LedgerReplaced' })
  await look(bed, 1)
  expect(bed.guards.get({ name: 'cluster' })?.status.ledgerUID).toBe('another')
  expect(breakersOf(bed)).toEqual(['cluster Cooling'])
})

test('a slot without a run is given back after a live look, one whose node bears its cordon is not', async () => {
  const bed = await controller()
  edit(bed, { slots: [slot(bed, 'nobody')] })
  await look(bed, 1)
  expect(bed.ledger.get({ name: 'cluster' })?.spec?.slots).toEqual([])

  const node = bed.nodes.raw('node-1') ?? {}
  const metadata = { ...Object(node['metadata']), annotations: { 'prunella.dev/cordoned-by-run': 'left' } }
  bed.nodes.put({ ...node, metadata })
  edit(bed, { slots: [slot(bed, 'left')] })
  await look(bed, 1)
  expect(bed.ledger.get({ name: 'cluster' })?.spec?.slots).toHaveLength(1)
})

test('a slot that somebody took meanwhile survives: what was decided on an older version is decided again', async () => {
  const bed = await controller()
  bed.runs.put({
    metadata: { name: 'nr-faster', uid: 'faster', resourceVersion: '1' },
    status: { step: { name: 'Cordoning', since: rfc3339(bed.clock.now()), deadline: rfc3339(bed.clock.now()) } },
  })
  bed.fleet.afterRead = () => {
    bed.fleet.afterRead = () => undefined
    const raw = bed.ledger.raw('cluster') ?? {}
    bed.ledger.put({ ...raw, metadata: { ...Object(raw['metadata']), resourceVersion: '2' } })
    edit(bed, { slots: [slot(bed, 'faster')] })
  }
  await look(bed, 5)
  expect(bed.ledger.get({ name: 'cluster' })?.spec?.slots).toMatchObject([{ runUID: 'faster' }])
  expect(breakersOf(bed)).toEqual(['cluster Open', 'general-nodes Open'])
})

test('who gave his slot back himself while he was asked for keeps the time at which he did', async () => {
  const bed = await controller()
  const { runUID, runName, policyName, nodeName, nodeUID } = slot(bed, 'late')
  const start = { runUID, runName, policyName, nodeName, nodeUID, startTime: '2026-11-21T09:00:00Z' }
  const ended = { ...start, endTime: '2026-11-21T09:30:00Z' }
  edit(bed, { slots: [slot(bed, 'late')], starts: [start] })
  let reads = 0
  bed.fleet.afterRead = () => {
    reads += 1
    if (reads === 3) edit(bed, { slots: [], starts: [ended] })
  }
  await look(bed, 2)
  expect(reads).toBeGreaterThan(3)
  expect(bed.ledger.get({ name: 'cluster' })?.spec?.starts).toMatchObject([{ endTime: ended.endTime }])
})

test('an idle look asks nobody: caches are enough', async () => {
  const bed = await controller()
  bed.fleet.live = 0
  await bed.clock.advance(seconds(600))
  expect(bed.fleet.live).toBe(0)
})
