import { type Arbitrary, array, assert, constantFrom, integer, oneof, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import { isEqual } from '../../kernel/json.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { decide, type HealthDecision, weighed } from './decide.ts'
import { diagnose } from './diagnose.ts'
import { after, alertFor, alertsKnown, alertsUnavailable, nodeWith, sourcesWith } from './evidence.fixture.ts'
import { type Found, foundIn, isQuiet } from './findings.ts'
import { at, observation, runOf, storedBy } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'
import type { SignalMemory } from './signal-memory.ts'

const signals = [
  { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, leaveSeconds: 20 },
  { name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' }, holdSeconds: 30 },
  {
    name: 'cpuSaturated',
    alert: { name: 'NodeCPUSaturated' },
    samples: { atLeast: 1, of: 2 },
    clearedWhen: { healthCheck: 'Kubelet' },
  },
]
const diagnoses = [
  { name: 'hang', class: 'Fault', when: 'kernelDeadlock && !cpuSaturated', treatments: ['power-cycle'] },
  { name: 'either', class: 'Load', when: 'kubeletSilent || cpuSaturated', treatments: ['power-cycle'] },
]
const unselecting = { nodeSelector: { matchLabels: { remediable: 'false' } } }

/** Anew each time: what is known by its very object is known of none of these. */
const policiesOf = {
  none: () => [],
  one: () => [preparedPolicy({ signals, diagnoses })],
  rivals: () => [preparedPolicy({ signals, diagnoses }), preparedPolicy({}, { name: 'rival' })],
  observing: () => [preparedPolicy({ mode: 'Observe' }), preparedPolicy(unselecting, { name: 'elsewhere' })],
} as const

interface Scene {
  readonly seconds: number
  readonly policies: keyof typeof policiesOf
  readonly deadlock: 'True' | 'False' | 'Unknown'
  readonly ready: 'True' | 'Unknown'
  readonly alerts: 'quiet' | 'firing' | 'away'
  readonly run: 'none' | 'Treating' | 'Done'
  readonly bootID: string
  readonly isExcluded: boolean
  readonly isDisturbed: boolean
}

/** Mostly well: the shorter way is for nodes of which nothing is said. */
const scene: Arbitrary<Scene> = record({
  seconds: oneof(integer({ min: 0, max: 20 }), integer({ min: 0, max: 1_200 })),
  policies: constantFrom('one', 'one', 'one', 'rivals', 'observing', 'none'),
  deadlock: constantFrom('False', 'False', 'False', 'False', 'True', 'Unknown'),
  ready: constantFrom('True', 'True', 'True', 'True', 'Unknown'),
  alerts: constantFrom('quiet', 'quiet', 'quiet', 'quiet', 'firing', 'away'),
  run: constantFrom('none', 'none', 'none', 'none', 'none', 'Treating', 'Done'),
  bootID: constantFrom('boot-1', 'boot-1', 'boot-1', 'boot-2'),
  isExcluded: constantFrom(false, false, true),
  isDisturbed: constantFrom(false, false, false, true),
})

function seenIn(shown: Scene, seconds: number): HealthObservation {
  const exclusion = JSON.stringify({ reason: 'tests', until: new Date(after(700)).toISOString() })
  const heartbeat = seconds - (seconds % 60)
  const conditions = [
    { type: 'KernelDeadlock', status: shown.deadlock, heartbeat },
    { type: 'Ready', status: shown.ready, heartbeat },
  ]
  const node = nodeWith(conditions, shown.isExcluded ? { annotations: { [annotation.exclude]: exclusion } } : {})
  // Several looks see the same answer.
  const polled = seconds - (seconds % 60)
  const alerts = {
    quiet: alertsKnown([], polled),
    firing: alertsKnown([alertFor({})], polled),
    away: alertsUnavailable(),
  }
  const moment = at(seconds)
  return observation({
    ...moment,
    node: { ...node, bootID: shown.bootID },
    policies: policiesOf[shown.policies](),
    sources: sourcesWith({ alerts: alerts[shown.alerts] }),
    runs: shown.run === 'none' ? [] : [runOf(shown.run)],
    disturbance: shown.isDisturbed
      ? { reason: 'ClockJumped', message: 'the clock jumped', at: moment.mono, time: moment.now, ms: 60_000 }
      : undefined,
  })
}

/** Looks one after the other, each with the memory and the object of the one before. */
function story(
  scenes: readonly Scene[],
  judge: (seen: HealthObservation, found: Found, decision: HealthDecision) => void,
): void {
  let last: Pick<HealthObservation, 'memory' | 'stored'> = { memory: undefined, stored: undefined }
  let seconds = 0
  for (const shown of scenes) {
    seconds += shown.seconds
    const seen = { ...seenIn(shown, seconds), ...last }
    const found = foundIn(seen)
    if (found === undefined) continue
    const decision = decide(seen, found)
    judge(seen, found, decision)
    last = { memory: decision.memory, stored: storedBy(decision.command, seen.stored) }
  }
}

const scenes = array(scene, { minLength: 1, maxLength: 6 })

test('of a quiet node the short way says what the long one says', () => {
  let quiet = 0
  const holds = property(scenes, (shown) =>
    story(shown, (seen, found, decision) => {
      if (!isQuiet(found, seen)) return
      quiet += 1
      expect(isEqual(decision, weighed(seen, found))).toBe(true)
    }),
  )
  assert(holds, { numRuns: 400 })
  expect(quiet).toBeGreaterThan(50)
})

test('where no signal says anything no diagnosis is asked, and none would say anything', () => {
  const holds = property(scenes, (shown) =>
    story(shown, (_seen, { node, selecting, byPolicy, findings }) => {
      const asked = selecting.map((policy) => diagnose(policy, byPolicy.get(policy.name) ?? [], nodeFactsOf(node)).kind)
      expect([...findings.values()].map(({ kind }) => kind)).toEqual(asked)
    }),
  )
  assert(holds, { numRuns: 200 })
})

/** What is read from it is never the very same object: nothing can be kept for being the one of before. */
const neverTheSame = <Value>(known: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  new Proxy(known, { get: (target, key): unknown => structuredClone(Reflect.get(target, key)) })

const madeAnew = (memory: SignalMemory | undefined): SignalMemory | undefined =>
  memory && {
    ...memory,
    held: neverTheSame(memory.held),
    settling: neverTheSame(memory.settling),
    heartbeats: neverTheSame(memory.heartbeats),
  }

test('what is kept by its very object is never older than what is found out anew', () => {
  const holds = property(scenes, (shown) =>
    story(shown, (seen, _found, decision) => {
      const policies = seen.policies.map(({ spec, name }) => preparedPolicy(JSON.parse(JSON.stringify(spec)), { name }))
      const anew = decide({ ...seen, policies, memory: madeAnew(seen.memory) })
      expect(isEqual(decision, anew)).toBe(true)
    }),
  )
  assert(holds, { numRuns: 200 })
})

test('a node that says the same again leaves the very same memory', () => {
  const { memory } = decide(observation())
  const again = observation({ ...at(20), memory })
  expect(decide(again).memory).toBe(memory)
  const movedOn = nodeWith([{ type: 'KernelDeadlock', status: 'False', heartbeat: 15 }])
  expect(decide({ ...again, node: movedOn }).memory).not.toBe(memory)
})
