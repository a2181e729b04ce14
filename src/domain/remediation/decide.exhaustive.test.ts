import { expect, test } from 'vitest'
import { type StepName, stepNames, treatmentStages } from '../../api/v1alpha1/node-remediation.ts'
import { later } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import {
  bmc,
  claim,
  condition,
  cordoned,
  inPlaceLadder,
  ledger,
  nodeJob,
  now,
  observation,
  pod,
  policy,
  present,
  recovered,
  replaceLadder,
  run,
  runSpec,
  shared,
  sickNode,
  slot,
  slotHeld,
  steps,
  treating,
  verifying,
} from './observation.fixture.ts'
import type { Observation } from './observation.ts'
import { recordOf, type Step, stepOf } from './step.ts'
import { transitions } from './transitions.ts'

/** A small world, taken whole: every step against every node, power, ledger, job, wish and hour. */
const working = { since: now, retry: 0, attempted: true, bootID: 'boot-1' } as const
const ours = { name: 'claim-1', uid: 'claim-1-uid', pool: 'default' }
const allSteps: readonly Step[] = [
  observation().step,
  { ...working, name: 'Approving', rung: 1, deadline: undefined },
  ...Object.values(steps),
  { ...steps.claiming, rung: 1, attempted: true },
  { ...steps.cordoning, rung: 1 },
  { ...steps.draining, rung: 1 },
  ...treatmentStages.flatMap((stage) => [treating({ stage, claim: ours }), treating({ stage, rung: 1, claim: ours })]),
  ...[true, false].map((worked) => treating({ stage: 'Withdrawing', ended: { worked, said: 'so it was' } })),
  verifying(),
  verifying({ stableSince: now, rung: 1 }),
]
const nodes: readonly Partial<Observation>[] = [
  present(sickNode()),
  recovered,
  cordoned(),
  cordoned({ bootID: 'boot-2', conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'False')] }),
  cordoned({ conditions: [condition('Ready', 'Unknown')] }),
  { node: { kind: 'Gone' } },
  { node: { kind: 'Recreated' } },
]
const powers: readonly Partial<Observation>[] = [
  bmc('On'),
  bmc('Off'),
  { power: { kind: 'Unavailable', message: 'silent' } },
]
const ledgers: readonly Partial<Observation>[] = [
  { ledger: ledger() },
  slotHeld,
  { ledger: ledger({ slots: [slot('other')] }) },
  { ledger: { kind: 'Missing' } },
  { ledger: { kind: 'Unavailable', message: 'forbidden' } },
]
const rests: readonly Partial<Observation>[] = [
  {
    now: later(now, 3_600_000),
    run: run({ spec: runSpec({ treatments: [...replaceLadder, ...runSpec().treatments.slice(1)] }) }),
  },
  {},
  { now: later(now, 3_600_000) },
  { job: nodeJob('reboot') },
  {
    job: nodeJob('freeDisk', {
      result: { version: 1, task: 'freeDisk', bootID: 'boot-1', before: 91, after: 60 },
    }),
    run: run({ spec: runSpec({ treatments: inPlaceLadder }) }),
  },
  { now: later(now, 3_600_000), run: run({ spec: runSpec({ treatments: inPlaceLadder }) }) },
  { pods: [pod('a')], shared: shared(policy({ mode: 'Observe' })) },
  { shared: undefined, now: later(now, 3_600_000), pods: [pod('a')] },
  { shared: shared(policy({ mode: 'Approve' })), now: later(now, 5_000) },
  { shared: shared(policy({ mode: 'Approve', approval: { onExpiry: 'Quarantine' } })), now: later(now, 3_600_000) },
  { run: run({ spec: runSpec({ cancel: { reason: 'enough' } }), hasFinalizer: false }) },
  { run: run({ spec: runSpec({ retry: 1, treatments: [...replaceLadder, ...runSpec().treatments.slice(1)] }) }) },
  {
    run: run({
      spec: runSpec({
        treatments: [...replaceLadder, ...runSpec().treatments.slice(1)],
        cause: { ...runSpec().cause, class: 'Load' },
      }),
    }),
    claims: {
      kind: 'Known',
      claims: [claim('claim-1'), claim('claim-2', { nodeName: 'node-9' })],
      readyNodes: ['node-9'],
    },
  },
]

interface Look {
  readonly seen: Observation
  readonly decision: Decision
}

/** Every combination of one from each list. */
const worlds: readonly Partial<Observation>[] = [nodes, powers, ledgers, rests].reduce<readonly Partial<Observation>[]>(
  (sofar, more) => sofar.flatMap((one) => more.map((other) => ({ ...one, ...other }))),
  [{}],
)

/** Taken inside a test: a decide that throws fails by its name, instead of a file that does not load. */
const looks = (): readonly Look[] => {
  taken ??= allSteps.flatMap((step) =>
    worlds.map((unusual) => {
      const seen = observation({ ...unusual, step })
      return { seen, decision: decide(seen) }
    }),
  )
  return taken
}
let taken: readonly Look[] | undefined
/** Whoever comes first takes them all. */
const patiently = { timeout: 60_000 }

const disruptive = new Set(['Cordon', 'Evict', 'OrderNodeJob', 'TurnOff', 'TurnOn', 'GiveBackClaim'])

test('decide is total, keeps to the transition table, and leaves no arrow of it unused', patiently, () => {
  const moved = looks().flatMap(({ seen, decision }) =>
    decision.kind === 'Move' ? [`${seen.step.name} > ${decision.next.name}`] : [],
  )
  const wanted = stepNames.flatMap((from: StepName) => transitions[from].map((to) => `${from} > ${to}`))
  expect(looks().length).toBeGreaterThan(20_000)
  expect([...new Set(moved)].toSorted()).toEqual(wanted.toSorted())
})

test(
  'nothing is done to a node or its machine without the slot, and nothing to a node that is another one',
  patiently,
  () => {
    const offences = looks().filter(({ seen, decision }) => {
      const kinds =
        decision.kind === 'Stay' ? decision.commands.map(({ kind }) => kind).filter((kind) => disruptive.has(kind)) : []
      const holds = seen.ledger.kind === 'Known' && seen.ledger.spec.slots.some(({ runUID }) => runUID === seen.run.uid)
      // What was switched off is switched on again even where the ledger cannot be asked.
      // For a Node that is gone nobody can claim a slot, and its machine is switched on in any case.
      const mayAsk = seen.ledger.kind === 'Known' && seen.node.kind === 'Present'
      const asks = mayAsk ? kinds : kinds.filter((kind) => kind !== 'TurnOn')
      return (!holds && asks.length > 0) || (seen.node.kind !== 'Present' && kinds.some((kind) => kind !== 'TurnOn'))
    })
    expect(offences).toEqual([])
  },
)

test('no step waits without looking again', patiently, () => {
  expect(looks().filter(({ decision }) => decision.kind === 'Stay' && !(decision.wakeAfterMs > 0))).toEqual([])
})

test('a step that is stored comes back as it was', () => {
  for (const step of allSteps) expect(stepOf(recordOf(step), now)).toEqual(step)
})
