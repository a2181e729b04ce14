import type { Episode } from '../../api/episode.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import { unreachable } from '../../kernel/assert.ts'
import { at, isObject, type JsonObject, textAt } from '../../kernel/json.ts'
import { decide as decideHealth, type HealthDecision } from '../detect/decide.ts'
import type { HealthObservation } from '../detect/observation.ts'
import { ripeKey } from '../detect/ripe.ts'
import type { SignalMemory } from '../detect/signal-memory.ts'
import { type PreparedPolicy, preparePolicy } from '../policy/prepared-policy.ts'
import { decide as decideRun } from '../remediation/decide.ts'
import type { Observation } from '../remediation/observation.ts'
import { decideTriage, type TriageDecision } from '../triage/decide.ts'
import type { TriageObservation } from '../triage/observation.ts'
import type { Difference } from './difference.ts'
import { type Replay, unreadable, whereOf } from './replay.ts'
import { type Look, revived } from './revive.ts'

/**
 * The same evidence under another policy: what it would have believed, and when it would have begun. It takes the place of the
 * recorded one, name and UID included. Holds are carried from look to look by the recorded clocks. Once the ways part, the recorded
 * world goes on as it did: what the other policy would have brought about is not made up.
 */
export function replayUnder({ entries, run }: Episode, policy: NodeRemediationPolicy): Replay {
  const story = new Story(policy, run)
  const differences: Difference[] = []
  let decided = 0
  for (const line of entries) {
    try {
      const look = revived(line)
      if (look === undefined) continue
      decided += 1
      const found = story.tell(look)
      if (found !== undefined) differences.push({ ...whereOf(line), ...found })
    } catch (error) {
      differences.push({ ...whereOf(line), ...unreadable(error instanceof Error ? error.message : String(error)) })
    }
  }
  return { decided, differences }
}

type Found = Pick<Difference, 'was' | 'is'>

/** What one process of the operator knew. */
interface Known {
  readonly seen: HealthObservation
  readonly memory: SignalMemory | undefined
}

class Story {
  readonly #policy: NodeRemediationPolicy
  readonly #policyName: string
  readonly #runName: string
  readonly #known = new Map<string, Known>()
  /** How the run has begun: in the record, and under the other policy. */
  #begun: { readonly was: Beginning | undefined; readonly is: Beginning | undefined } = {
    was: undefined,
    is: undefined,
  }
  #believed = ''
  #toldOfRun = ''

  constructor(policy: NodeRemediationPolicy, run: Episode['run']) {
    this.#policy = policy
    this.#runName = run.metadata.name
    this.#policyName = textAt(run, 'spec', 'policyName') ?? policy.metadata.name
  }

  tell(look: Look): Found | undefined {
    switch (look.kind) {
      case 'health':
        return this.#health(look)
      case 'triage':
        return this.#triage(look)
      case 'remediation':
        return this.#remediation(look)
      case 'grades':
        // What became of the node is the same under every policy.
        return undefined
      default:
        return unreachable(look)
    }
  }

  #health({ line, seen }: Extract<Look, { kind: 'health' }>): Found | undefined {
    const known = this.#known.get(line.process)
    const before = known === undefined ? seen.memory : known.memory
    const exchanged = { ...seen, policies: seen.policies.map(this.#exchanged), memory: before }
    const decision = decideHealth(exchanged)
    this.#known.set(line.process, { seen: exchanged, memory: decision.memory })
    const [was, is] = [beliefOf(line.decision), beliefOf(decision)]
    // Told once, not at every look.
    if (was === is || `${was} ${is}` === this.#believed) return undefined
    this.#believed = `${was} ${is}`
    return { was, is }
  }

  #triage({ line, seen }: Extract<Look, { kind: 'triage' }>): Found | undefined {
    const was = startOf(line.decision, this.#runName)
    const is = startOf(decideTriage(this.#underPolicy(line.process, seen)), this.#runName)
    const hadBegun = this.#begun.is !== undefined
    this.#begun = { was: this.#begun.was ?? was.begins, is: this.#begun.is ?? is.begins }
    const isAboutStart = was.begins !== undefined || is.begins !== undefined
    if (!isAboutStart || was.text === is.text || (hadBegun && is.begins !== undefined)) return undefined
    return { was: was.text, is: is.text }
  }

  #remediation(look: Extract<Look, { kind: 'remediation' }>): Found | undefined {
    const found = this.#ofRun(look)
    // Told once, however often it is looked at.
    if (found === undefined || `${found.was} ${found.is}` === this.#toldOfRun) return undefined
    this.#toldOfRun = `${found.was} ${found.is}`
    return found
  }

  #ofRun({ line, seen }: Extract<Look, { kind: 'remediation' }>): Found | undefined {
    const { was: wasBegun, is: isBegun } = this.#begun
    if (wasBegun !== undefined && wasBegun !== isBegun)
      return { was: inWords[wasBegun], is: isBegun === undefined ? 'there would be no run yet' : inWords[isBegun] }
    const { shared } = seen
    const { spec } = this.#policy
    const exchanged: Observation =
      shared === undefined || spec === undefined ? seen : { ...seen, shared: { ...shared, policy: spec } }
    const [was, is] = [moveOf(line.decision), moveOf(decideRun(exchanged))]
    return was === is ? undefined : { was, is }
  }

  /** What triage would have known: the health under the other policy at that very moment, and no run that would not be there. */
  #underPolicy(process: string, seen: TriageObservation): TriageObservation {
    const { shared, health } = seen
    const { spec } = this.#policy
    if (shared === undefined || spec === undefined) return seen
    const runs =
      this.#begun.is !== undefined ? seen.runs : seen.runs.filter(({ metadata }) => metadata.name !== this.#runName)
    const exchanged = { ...seen, runs, shared: { ...shared, policy: spec } }
    const known = this.#known.get(process)
    if (known === undefined || seen.node === undefined) return exchanged
    const { mono, node, sources, around } = seen
    const now = { now: shared.now, nowAtLeast: shared.now, mono }
    const then = { ...known.seen, ...now, node, sources, around, runs, memory: known.memory, stored: health }
    const decision = decideHealth(then)
    this.#known.set(process, { seen: known.seen, memory: decision.memory })
    const believed = healthAfter(decision, health)
    const diagnosis = believed.status.diagnosis?.name ?? ''
    const ripe = decision.ripe.find(({ key }) => key === ripeKey(this.#policyName, diagnosis))
    return { ...exchanged, health: believed, ripe }
  }

  readonly #exchanged = (prepared: PreparedPolicy): PreparedPolicy => {
    if (prepared.name !== this.#policyName) return prepared
    const { name, uid, generation } = prepared
    const metadata = { ...this.#policy.metadata, name, uid, generation }
    return preparePolicy({ ...this.#policy, metadata }) ?? prepared
  }
}

/** The object as the decision would leave it. */
function healthAfter({ command }: HealthDecision, before: NodeHealth): NodeHealth {
  if (command === undefined) return before
  const { metadata } = before
  const body: JsonObject = command.kind === 'Delete' ? {} : command.body
  const [spec, status] = [withoutNulls(body['spec']), withoutNulls(body['status'])]
  return { ...healthKind.project({ metadata: { name: metadata.name }, spec, status }), metadata }
}

const withoutNulls = (value: unknown): JsonObject =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) : {}

/** What is believed, in one sentence without figures that tick. */
function beliefOf(decision: unknown): string {
  const kind = textAt(decision, 'command', 'kind')
  if (kind === undefined) return 'nothing new is believed'
  if (kind === 'Delete') return 'the node is healthy'
  const diagnosis = textAt(decision, 'command', 'body', 'status', 'diagnosis', 'name')
  if (diagnosis === undefined) return 'there is no diagnosis'
  const gates = at(decision, 'command', 'body', 'status', 'gates')
  const held = Array.isArray(gates) ? gates.find((gate) => textAt(gate, 'result') !== 'Pass') : undefined
  return `${diagnosis}, ${held === undefined ? 'nothing holds' : `held by ${textAt(held, 'reason') ?? textAt(held, 'gate')}`}`
}

type Beginning = Extract<TriageDecision['kind'], 'Start' | 'Rehearse'>

const inWords: Readonly<Record<Beginning, string>> = {
  Start: 'there is a run',
  Rehearse: 'there is a rehearsal, and nothing is touched',
}

interface Start {
  readonly begins: Beginning | undefined
  readonly text: string
}

function startOf(decision: unknown, runName: string): Start {
  const kind = textAt(decision, 'kind')
  if (kind === 'Start') return { begins: kind, text: 'the run begins' }
  if (kind === 'Rehearse') return { begins: kind, text: 'the run is rehearsed' }
  const text = `held by ${textAt(decision, 'reason')}: ${textAt(decision, 'message')}`
  return { begins: undefined, text: kind === 'Hold' ? text : `nothing begins beside ${runName}` }
}

/** Where a run goes, or what it waits for. */
function moveOf(decision: unknown): string {
  const kind = textAt(decision, 'kind')
  if (kind === 'Move') return `moves to ${textAt(decision, 'next', 'name')}: ${textAt(decision, 'message')}`
  if (kind !== 'Stay') return 'is over'
  const held = textAt(decision, 'held', 'reason')
  return held === undefined ? `waits: ${textAt(decision, 'because')}` : `is held by ${held}`
}
