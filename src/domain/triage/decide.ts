import { runFinalizer } from '../../api/annotations.ts'
import type { Node } from '../../api/core/node.ts'
import { startGates } from '../../api/gates.ts'
import type { Slot, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { DiagnosisState, NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation, type RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { shortHash } from '../../kernel/sha256.ts'
import type { Instant } from '../../kernel/time.ts'
import { planOf } from '../budget/canary.ts'
import type { BudgetView } from '../budget/gates.ts'
import { type LedgerSeen, needsCanary } from '../budget/ledger.ts'
import { budgetGates } from '../budget/shared-gates.ts'
import { slotFor } from '../budget/slot-for.ts'
import { comeAnew, judgeCause } from '../detect/live-cause.ts'
import { restsUnanswered } from '../detect/unanswered.ts'
import { notExcluded } from '../policy/exclusion.ts'
import { ladderOf } from '../policy/ladder-of.ts'
import { firstRung, surroundingGates } from '../surroundings/surroundings.ts'
import type { TriageObservation } from './observation.ts'

/** Start: every gate passes. Rehearse: every gate but the mode passes. Hold: the first that does not. */
export type TriageDecision =
  | { readonly kind: 'Start' | 'Rehearse'; readonly run: NewRun }
  | { readonly kind: 'Hold'; readonly gate: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'Nothing'; readonly because: string }

export interface NewRun {
  readonly name: string
  readonly finalizers: readonly string[]
  readonly spec: RunSpec
}

export function decideTriage(seen: TriageObservation): TriageDecision {
  const { health, node, runs, shared } = seen
  const { diagnosis } = health.status
  if (diagnosis === undefined || shared === undefined)
    return { kind: 'Nothing', because: 'there is no diagnosis to act on' }
  if (node === undefined || node.metadata.uid !== health.spec?.node.uid) {
    return { kind: 'Nothing', because: 'the node is gone, or another one under the same name' }
  }
  const open = runs.find((run) => isOpen(run) && run.spec?.dryRun !== true)
  if (open !== undefined) return { kind: 'Nothing', because: `run ${open.metadata.name} is under way` }

  const run = newRun(seen, shared.policy, { node, diagnosis, dryRun: false })
  const unseen = notSeenHere(seen, run.spec, node)
  if (unseen !== undefined) return unseen
  const held = heldGates(seen, shared, { node, diagnosis, plan: planOf(run.spec) })
  const [first] = held
  if (first === undefined) return { kind: 'Start', run }
  if (first.gate !== 'ModeActs') return hold(first)
  const rehearsed = runs.some(({ spec }) => spec?.dryRun === true && isOfEpisode(spec, shared.policyName, diagnosis))
  if (rehearsed) return hold(first)
  return { kind: 'Rehearse', run: newRun(seen, shared.policy, { node, diagnosis, dryRun: true }) }
}

/**
 * What stands in the NodeHealth is a word of the past, and maybe of another leader: our own watch has to have seen the diagnosis
 * for as long as it must hold, and the Node as it was read just now has to show it.
 */
function notSeenHere(
  { frozen, ripe, sources, mono, shared }: TriageObservation,
  { cause }: RunSpec,
  node: Node,
): TriageDecision | undefined {
  if (frozen !== undefined) return { kind: 'Hold', gate: 'SignalFresh', ...frozen }
  if (ripe === undefined) return notHeld(`this replica has not seen ${cause.diagnosis} for as long as it must hold`)
  if (shared === undefined) return undefined
  const evidence = { node, bootChanged: false, sources, mono, now: shared.now }
  const { verdict, message, reason } = judgeCause(cause, evidence)
  if (verdict !== 'True') return { kind: 'Hold', gate: 'SignalFresh', reason: reason ?? 'SignalStale', message }
  const [anew] = comeAnew(cause, evidence, ripe.saidSince)
  return anew === undefined ? undefined : notHeld(`${anew} went and came again since this replica saw it hold`)
}

const notHeld = (message: string): TriageDecision => ({
  kind: 'Hold',
  gate: 'HoldElapsed',
  reason: 'HoldNotElapsed',
  message,
})

interface Case {
  readonly node: Node
  readonly diagnosis: DiagnosisState
}

/**
 * The node's own gates stand in its NodeHealth, the shared ones are asked now; the mode comes last, so that Observe says so only
 * when nothing else holds.
 */
function heldGates(
  seen: TriageObservation,
  shared: Omit<BudgetView, 'node' | 'runUID'>,
  { node, diagnosis, plan }: Case & { readonly plan: string | undefined },
): readonly GateAnswer[] {
  const view: BudgetView = {
    ...shared,
    ledger: withClaiming(shared, seen),
    node: { name: node.metadata.name, labels: node.metadata.labels, class: diagnosis.class, plan },
    runUID: undefined,
  }
  const answers = [...askedAnew(seen, shared, { node, diagnosis }), ...seen.health.status.gates, ...budgetGates(view)]
  const asked = startGates.map((gate) => answers.find((answer) => answer.gate === gate) ?? unanswered(gate))
  const held = asked.filter(({ result }) => result !== 'Pass')
  return [...held.filter(({ gate }) => gate !== 'ModeActs'), ...held.filter(({ gate }) => gate === 'ModeActs')]
}

/** What stands in the NodeHealth was true when it was written: what can be asked again, is, of the Node as it was read just now. */
function askedAnew(
  { runs, around }: TriageObservation,
  { policyName, policy, now }: Omit<BudgetView, 'node' | 'runUID'>,
  { node, diagnosis }: Case,
): readonly GateAnswer[] {
  const rule = policy.diagnoses.find(({ name }) => name === diagnosis.name)
  if (around === undefined || rule === undefined) return []
  const begin = { node, now, policy: { name: policyName, spec: policy }, diagnosis: rule, runs, around }
  const { confidence } = diagnosis
  const rest = restsUnanswered({ policy: begin.policy, treatment: firstRung(policy, rule), confidence, runs, now })
  return [notExcluded(node, now), ...surroundingGates(begin), ...(rest === undefined ? [] : [rest])]
}

/** A gate that nobody has answered is not one that passes. */
const unanswered = (gate: string): GateAnswer => ({ gate, result: 'NotReached', message: 'nobody has answered it' })

/**
 * Who is about to claim counts as if he had, in his domains and as a start: or a storm would start more runs than there are slots, and
 * they would wait in vain. The first of them is the canary of what is half open.
 */
function withClaiming(shared: Omit<BudgetView, 'node' | 'runUID'>, seen: TriageObservation): LedgerSeen {
  const { ledger, policy, now } = shared
  if (ledger.kind !== 'Known') return ledger
  const holders = new Set(ledger.spec.slots.map(({ runUID }) => runUID))
  const claiming = seen.claiming.filter(({ metadata }) => !holders.has(metadata.uid))
  // Slots of other policies are counted in no domain of this one, so that its limits are the ones to go by.
  const coming = claiming.flatMap((run) => slotAhead(run, { seen, limits: policy.limits, at: now }))
  const started = new Set(ledger.spec.starts.map(({ runUID }) => runUID))
  const starting = coming.filter(({ runUID }) => !started.has(runUID)).map(startAhead)
  const breakers = ledger.spec.breakers.map((breaker) => {
    const canary = coming.find(({ policyName }) => needsCanary(breaker, policyName))
    return canary === undefined ? breaker : { ...breaker, canaryRunUID: canary.runUID }
  })
  const slots = [...ledger.spec.slots, ...coming]
  return { ...ledger, spec: { ...ledger.spec, slots, starts: [...ledger.spec.starts, ...starting], breakers } }
}

const startAhead = ({ runUID, runName, policyName, nodeName, nodeUID, claimTime }: Slot): Start => ({
  runUID,
  runName,
  policyName,
  nodeName,
  nodeUID,
  startTime: claimTime,
  attempt: true,
})

interface Ahead {
  readonly seen: TriageObservation
  readonly limits: PolicySpec['limits']
  readonly at: Instant
}

function slotAhead({ metadata, spec }: NodeRemediation, { seen, limits, at }: Ahead): readonly Slot[] {
  if (spec === undefined) return []
  const labels = seen.claimingLabels[spec.node.name] ?? {}
  return [slotFor({ uid: metadata.uid, name: metadata.name, spec }, { labels, limits, at })]
}

const hold = ({ gate, reason, message }: GateAnswer): TriageDecision => ({
  kind: 'Hold',
  gate,
  reason: reason ?? gate,
  message: message ?? '',
})

function newRun(
  { runs, health, shared }: TriageObservation,
  policy: PolicySpec,
  { node, diagnosis, dryRun }: Case & { readonly dryRun: boolean },
): NewRun {
  const policyName = shared?.policyName ?? ''
  const { when, signals, treatments } = ladderOf(policy, diagnosis.name)
  const { metadata, providerID, systemUUID } = node
  const ended = runs.filter(
    ({ spec }) => spec !== undefined && spec.dryRun === dryRun && isOfEpisode(spec, policyName, diagnosis),
  ).length
  // Derived, never random: a create that is tried again, or tried by two leaders, collides instead of doubling.
  const name = `nr-${shortHash([policyName, metadata.uid, diagnosis.episode, dryRun ? 'dry' : 'run', ended].join('/'))}`
  const spec: RunSpec = {
    node: {
      name: metadata.name,
      uid: metadata.uid,
      ...(providerID === undefined ? {} : { providerID }),
      ...(systemUUID === '' ? {} : { systemUUID }),
    },
    policyName,
    cause: {
      diagnosis: diagnosis.name,
      class: diagnosis.class,
      urgency: diagnosis.urgency,
      confidence: diagnosis.confidence,
      episode: diagnosis.episode,
      when,
      signals,
      message: diagnosis.message,
      detectedTime: firstSeen(health, signals, diagnosis),
    },
    treatments,
    dryRun,
    retry: 0,
  }
  return { name, finalizers: dryRun ? [] : [runFinalizer], spec }
}

const isOfEpisode = ({ policyName, cause }: RunSpec, policy: string, { episode }: DiagnosisState): boolean =>
  policyName === policy && cause.episode === episode

/** Of the signals that speak for it: what else is in doubt on the node may be so for weeks. */
function firstSeen({ status }: NodeHealth, signals: RunSpec['cause']['signals'], { since }: DiagnosisState): string {
  const speaking = status.signals.filter(
    ({ name, state }) => state === 'True' && signals.some((one) => one.name === name),
  )
  return [...speaking.map((signal) => signal.since), since].toSorted()[0] ?? since
}
