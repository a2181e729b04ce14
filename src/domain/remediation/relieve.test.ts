import { describe, expect, test } from 'vitest'
import { type Instant, later, mono, rfc3339 } from '../../kernel/time.ts'
import { queryKey } from '../detect/sources/query-sample.ts'
import type { QuerySeen } from '../detect/sources-seen.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import { loadSignalOf } from './load.ts'
import {
  cordoned,
  now,
  observation,
  pod,
  run,
  runSpec,
  shared,
  slotHeld,
  sourcesWith,
  steps,
  treating,
} from './observation.fixture.ts'
import type { Observation } from './observation.ts'

const relieve = { load: { expr: 'node:cpu_utilisation:ratio' }, below: 0.7, holdSeconds: 60, timeoutSeconds: 600 }
const spec = runSpec({
  cause: { ...runSpec().cause, class: 'Load' },
  treatments: [
    { name: 'relieve', relieve, verification: { stableSeconds: 10, timeoutSeconds: 120 } },
    { name: 'reboot', reboot: {} },
  ],
})
const [rung] = spec.treatments
const key = queryKey((rung && loadSignalOf(rung)?.query) ?? { expr: '', absentMeans: 'Unknown' })

const told = (queries: QuerySeen) => ({ sources: sourcesWith({ queries: { [key]: queries } }) })
const load = (value: number | undefined, at: Instant = later(now, 1)) =>
  told([{ server: 'prom', answer: { at, atMono: mono(0), samples: value === undefined ? [] : [{ value }] } }])

const relieving = { stage: 'Relieving', deadline: later(now, 600_000) } as const
const seen = (unusual: Partial<Observation>): Observation =>
  observation({ run: run({ spec }), ...slotHeld, ...cordoned(), step: treating(relieving), ...load(1.4), ...unusual })

const pods = Array.from({ length: 8 }, (_, index) => pod(`web-${index}`, { priority: index }))
const commandsOf = (decision: Decision) => (decision.kind === 'Stay' ? decision.commands : [])
const nextStage = (decision: Decision) =>
  decision.kind === 'Move' && decision.next.name === 'Treating' ? decision.next.stage : undefined
const going = pod('going', { metadata: { ...pod('going').metadata, deletionTimestamp: rfc3339(later(now, 20_000)) } })

test('nothing is drained before: to relieve is to move pods', () => {
  expect(decide(seen({ step: steps.draining, pods }))).toMatchObject({
    kind: 'Move',
    next: { name: 'Treating', stage: 'Relieving' },
  })
})

describe('while the load is too high', () => {
  test('the least important leave, half as many as would do if all weighed alike', () => {
    expect(commandsOf(decide(seen({ pods })))).toMatchObject([
      { kind: 'Evict', pod: 'web-0' },
      { kind: 'Evict', pod: 'web-1' },
    ])
    expect(commandsOf(decide(seen({ pods, ...load(0.71) })))).toHaveLength(1)
  })

  test('while pods are leaving no other is asked, and then the load is measured anew', () => {
    expect(nextStage(decide(seen({ pods: [...pods, going] })))).toBe('AwaitingRelief')
    const leaving = { step: treating({ ...relieving, stage: 'AwaitingRelief' }) }
    expect(commandsOf(decide(seen({ ...leaving, pods: [...pods, going] })))).toEqual([])
    expect(decide(seen({ ...leaving, pods }))).toMatchObject({ next: { stage: 'Relieving', stageSince: now } })
  })

  test.each([
    ['measured before the last pod left', load(1.4, now)],
    ['without a series for the node', load(undefined)],
    ['of no Prometheus', told([])],
    ['of one that does not answer', told([{ server: 'prom', problem: 'timeout' }])],
    ['that nobody has asked', { sources: sourcesWith() }],
  ])('a load %s moves nobody, and is not below', (_, unknown) => {
    const said = decide(seen({ pods, ...unknown }))
    expect(said.kind).toBe('Stay')
    expect(commandsOf(said)).toEqual([])
  })

  test('where no pod may leave it says so, and at its timeout the next rung is due', () => {
    const bare = [pod('bare', { metadata: { ...pod('bare').metadata, ownerReferences: [] } })]
    expect(decide(seen({ pods: bare }))).toMatchObject({
      commands: [],
      held: { reason: 'LoadStillHigh', message: expect.stringContaining('UnmanagedPods') },
    })
    const late = { now: later(now, 700_000) }
    expect(decide(seen({ pods: bare, ...late }))).toMatchObject({ kind: 'Move', next: { name: 'Approving', rung: 1 } })
  })

  test('without its slot, under a pause, or with a policy that only observes, nobody is moved', () => {
    const { policy, ...rest } = shared()
    expect(commandsOf(decide(seen({ pods, ...observationWithoutSlot })))).not.toContainEqual(
      expect.objectContaining({ kind: 'Evict' }),
    )
    expect(commandsOf(decide(seen({ pods, shared: { ...rest, policy: { ...policy, mode: 'Observe' } } })))).toEqual([])
  })

  test('it can be cancelled at any moment, and so can it by who uncordons the node', () => {
    const cancelled = { run: run({ spec: { ...spec, cancel: { reason: 'enough', keepCordoned: false } } }) }
    expect(decide(seen({ pods, ...cancelled }))).toMatchObject({ next: { name: 'Releasing', outcome: 'Cancelled' } })
    expect(decide(seen({ pods, ...cordoned({ unschedulable: false }) }))).toMatchObject({
      next: { name: 'Releasing', outcome: 'Cancelled' },
    })
  })
})

describe('once the load is below', () => {
  const low = load(0.5)
  const holding = treating({ ...relieving, stage: 'Holding' })

  test('it has to stay there, by evidence from after the hold', () => {
    expect(nextStage(decide(seen({ pods, ...low })))).toBe('Holding')
    expect(decide(seen({ pods, step: holding, ...low })).kind).toBe('Stay')
    const over = { now: later(now, 61_000) }
    expect(decide(seen({ pods, step: holding, ...low, ...over })).kind).toBe('Stay')
    expect(decide(seen({ pods, step: holding, ...load(0.5, later(now, 60_001)), ...over }))).toMatchObject({
      reason: 'TreatmentObserved',
      next: { name: 'Verifying' },
    })
  })

  test.each([
    ['rises again', load(0.9)],
    ['is not known', told([{ server: 'prom', problem: 'timeout' }])],
  ])('a load that %s begins the hold anew', (_, other) => {
    expect(nextStage(decide(seen({ pods, step: holding, ...other })))).toBe('Relieving')
  })
})

const observationWithoutSlot = { ledger: observation().ledger }
