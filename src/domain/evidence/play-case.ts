import type { ConditionStatus } from '../../api/core/node.ts'
import type { EvidenceCase, EvidenceMoment, Expectation } from '../../api/evidence-file.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { instant, later, mono, monoLater, seconds } from '../../kernel/time.ts'
import { decide, type HealthCommand } from '../detect/decide.ts'
import { diagnose } from '../detect/diagnose.ts'
import { flapsOf } from '../detect/flapping.ts'
import type { HealthObservation } from '../detect/observation.ts'
import { ownGates } from '../detect/own-gates.ts'
import { recall } from '../detect/signal-memory.ts'
import { signalsOf } from '../detect/signal-state.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { selectPolicy } from '../policy/select-policy.ts'
import { atBeginning, type ScriptTime, type Standing, stepped } from './given.ts'
import { nodeGiven } from './node-given.ts'
import { sourcesGiven } from './sources-given.ts'

/** What the policies say of the node at one moment of a script, beside what its author expected. */
export interface Verdict {
  readonly case: string
  /** Seconds since the beginning. */
  readonly at: number
  readonly expected: Expectation
  /** Name of the diagnosis; `None`, or `Unknown`. */
  readonly diagnosis: string
  /** Reason of the first own gate that does not pass; `None`. */
  readonly gate: string
  readonly message: string
  readonly signals: Readonly<Record<string, ConditionStatus>>
  /** What is not as expected; empty: all is. */
  readonly differences: readonly string[]
}

/** The sources are asked as often as an operator would ask them, and a hold that ends brings a look of its own. */
const lookEveryMs = seconds(15)

/** Long scripts are looked at less often. */
const looksMax = 5_760

/** The beginning of every script. Nothing may depend on it. */
const start: ScriptTime = { now: instant(Date.parse('2026-01-05T12:00:00Z')), mono: mono(1_000_000_000) }

/** Plays one script through the decisions of the operator, look by look. Throws where it speaks of signals that do not exist. */
export function playCase(policies: readonly PreparedPolicy[], given: EvidenceCase): readonly Verdict[] {
  assertKnown(policies, given)
  const specs = policies.map(({ spec }) => spec)
  const player = new Player(policies, given, atBeginning(given, specs, start))
  const everyMs = Math.max(lookEveryMs, Math.ceil(seconds(given.script.at(-1)?.at ?? 0) / looksMax))
  return given.script.flatMap((moment) => player.playUntil(moment, everyMs))
}

class Player {
  readonly #policies: readonly PreparedPolicy[]
  readonly #case: EvidenceCase
  #standing: Standing
  #memory: HealthObservation['memory']
  #stored: NodeHealth | undefined
  #elapsedMs = 0
  #wakeAfterMs: number | undefined

  constructor(policies: readonly PreparedPolicy[], given: EvidenceCase, standing: Standing) {
    this.#policies = policies
    this.#case = given
    this.#standing = standing
  }

  playUntil(moment: EvidenceMoment, everyMs: number): readonly Verdict[] {
    const untilMs = seconds(moment.at)
    while (this.#elapsedMs < untilMs) {
      const stepMs = Math.max(1, Math.min(everyMs, this.#wakeAfterMs ?? everyMs, untilMs - this.#elapsedMs))
      this.#elapsedMs += stepMs
      // At the very moment what happens then is seen.
      if (this.#elapsedMs < untilMs) this.#look()
    }
    this.#standing = stepped(this.#standing, moment, this.#time())
    const said = this.#look()
    return moment.expect === undefined ? [] : [{ case: this.#case.name, at: moment.at, ...judged(moment.expect, said) }]
  }

  #time(): ScriptTime {
    return { now: later(start.now, this.#elapsedMs), mono: monoLater(start.mono, this.#elapsedMs) }
  }

  #look(): Said {
    const time = { ...this.#time(), start }
    const node = nodeGiven(this.#case, this.#standing, time)
    const signals = this.#policies.flatMap(({ spec }) => spec.signals)
    const observation: HealthObservation = {
      now: time.now,
      mono: time.mono,
      nodeName: node.metadata.name,
      node,
      policies: this.#policies,
      memory: this.#memory,
      disturbance: undefined,
      sources: sourcesGiven(this.#case, this.#standing, { ...time, signals }),
      starts: [],
      runs: [],
      around: undefined,
      stored: this.#stored,
    }
    const decision = decide(observation)
    const said = saidOf(observation, decision.memory)
    this.#memory = decision.memory
    this.#stored = storedBy(decision.command, this.#stored)
    this.#wakeAfterMs = decision.wakeAfterMs
    return said
  }
}

type Said = Pick<Verdict, 'diagnosis' | 'gate' | 'message' | 'signals'>

/** The same answers as in a NodeHealth, and also where the operator would write none. */
function saidOf(seen: HealthObservation, memory: HealthObservation['memory']): Said {
  const { node, now, policies } = seen
  if (node === undefined || memory === undefined) return { diagnosis: 'None', gate: 'None', message: '', signals: {} }
  const selection = selectPolicy(policies, node)
  const shown = selection.kind === 'None' ? [] : [selection.policy]
  const { byPolicy } = signalsOf(shown, recall(seen.memory, node, seen), { ...seen, node })
  const [policy] = shown
  const signals = policy === undefined ? [] : (byPolicy.get(policy.name) ?? [])
  const finding = policy === undefined ? ({ kind: 'None' } as const) : diagnose(policy, signals, nodeFactsOf(node))
  const flaps = flapsOf(memory.changes, { now, was: false })
  const gates = ownGates({
    node,
    now,
    selection,
    signals,
    finding,
    memory,
    starts: [],
    runs: [],
    flaps,
    around: undefined,
  })
  const held = gates.find(isHeld)
  return {
    diagnosis: finding.kind === 'Matched' ? finding.diagnosis.name : finding.kind,
    gate: held?.reason ?? 'None',
    message: held?.message ?? 'no gate of the node itself holds',
    signals: Object.fromEntries(signals.map(({ claim }) => [claim.name, claim.state])),
  }
}

const isHeld = ({ result }: GateAnswer): boolean => result === 'Hold' || result === 'Unknown'

function judged(expected: Expectation, said: Said): Omit<Verdict, 'case' | 'at'> {
  const differences: string[] = []
  const compare = (what: string, wanted: string | undefined, found: string): void => {
    if (wanted !== undefined && wanted !== found) differences.push(`${what} is ${found}, not ${wanted}`)
  }
  compare('the diagnosis', expected.diagnosis, said.diagnosis)
  compare('the gate', expected.gate, said.gate)
  for (const [signal, state] of Object.entries(expected.signals ?? {}))
    compare(signal, state, said.signals[signal] ?? 'not asked')
  return { expected, ...said, differences }
}

/** The object as the API server would hold it after the command. */
function storedBy(command: HealthCommand | undefined, before: NodeHealth | undefined): NodeHealth | undefined {
  if (command === undefined) return before
  if (command.kind === 'Delete') return undefined
  const { spec, status } = command.body
  const metadata = { name: 'health', uid: 'uid-of-health', resourceVersion: '1' }
  return healthKind.project({ metadata, spec: withoutNulls(spec), status: withoutNulls(status) })
}

const withoutNulls = (part: unknown): JsonObject =>
  isObject(part) ? Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null)) : {}

/** A name that is misspelt would make a case pass that says nothing. */
function assertKnown(policies: readonly PreparedPolicy[], { name, script }: EvidenceCase): void {
  const signals = policies.flatMap(({ spec }) => spec.signals)
  const queries = signals.filter(({ query }) => query !== undefined)
  const diagnoses = [...policies.flatMap(({ spec }) => spec.diagnoses), { name: 'None' }, { name: 'Unknown' }]
  for (const { at, queries: given = {}, expect } of script) {
    const where = `case '${name}' at ${at}s`
    for (const one of Object.keys(given)) assertNamed(one, queries, `${where} answers a query of the signal`)
    for (const one of Object.keys(expect?.signals ?? {})) assertNamed(one, signals, `${where} expects of the signal`)
    if (expect?.diagnosis !== undefined) assertNamed(expect.diagnosis, diagnoses, `${where} expects the diagnosis`)
  }
}

function assertNamed(name: string, known: readonly { readonly name: string }[], what: string): void {
  if (known.some((one) => one.name === name)) return
  throw new Error(
    `${what} '${name}', which no policy has (known: ${known.map((one) => one.name).join(', ') || 'none'})`,
  )
}
