import { claimDeadlineMs, cordonDeadlineMs, waitPollMs } from '../../api/pacing.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { durationInWords, seconds } from '../../kernel/time.ts'
import { budgetFree, topologyFree } from '../budget/gates.ts'
import { hasClaimed, holdsSlot, withRetries, withSlot } from '../budget/ledger.ts'
import { budgetGates } from '../budget/shared-gates.ts'
import { slotFor } from '../budget/slot-for.ts'
import { causeKnown, hasRecoveredAlone, liveCause } from './cause.ts'
import { cordon, isCordonedBy } from './cordon.ts'
import type { Command, Decision, Move } from './decision.ts'
import { drainOf } from './drain.ts'
import { drainState } from './drain-state.ts'
import { leftMs } from './elapsed.ts'
import { approved, exclusionGate, firstHeld, type Held, modeActs, stops, treatGates, viewOf } from './gates.ts'
import { historyGates } from './history.ts'
import type { Observation } from './observation.ts'
import { floorGates, neighbourGates, startOnlyGates, takenByOthers } from './other-actors.ts'
import {
  carried,
  deadlineIn,
  isOverdue,
  move,
  nextRung,
  quarantine,
  release,
  releaseSlot,
  stay,
  treatmentAt,
} from './outcome.ts'
import { proveLateEffect } from './proof.ts'
import { providerAnswer } from './provider.ts'
import type { StepNamed } from './step.ts'

/** People are asked before anything is disrupted, and what waits for people holds no slot. */
export function decideApproving(seen: Observation, step: StepNamed<'Approving'>): Decision {
  const { run, node } = seen
  const treatment = treatmentAt(seen, step.rung)
  if (run.spec.dryRun) return planned(seen, treatment)
  if (node.kind === 'Present' && hasRecoveredAlone(seen, node.node))
    return recovered(seen, step.rung) ?? slotForProof(seen, (held) => waitForProof(seen, step, held))

  const answer = approved(seen, treatment)
  if (answer.result !== 'Pass') return waitForPeople(seen, step, answer)
  const deadline = deadlineIn(seen, claimDeadlineMs)
  const next = { ...carried(seen), name: 'Claiming', rung: step.rung, deadline } as const
  return move(next, 'RemediationStarted', `${run.spec.cause.message}; rung ${treatment.name}`)
}

function waitForPeople(seen: Observation, step: StepNamed<'Approving'>, answer: GateAnswer): Decision {
  const approval = approvalOf(seen, step)
  const timeoutMs = seconds(approval?.timeoutSeconds ?? 0)
  if (leftMs({ since: step.since, watchedMs: seen.watched.stepMs }, timeoutMs, seen.now) > 0) {
    const held = { reason: answer.reason ?? 'ApprovalRequired', message: answer.message ?? '' }
    return stay('people are asked', { commands: releaseSlot(seen), wakeAfterMs: waitPollMs, held, gates: [answer] })
  }
  const message = `nobody answered within ${durationInWords(timeoutMs)}`
  // On the first rung nothing was touched, so both ways just end the run.
  if (step.rung === 0 || approval?.onExpiry !== 'Quarantine') return release(seen, 'ApprovalExpired', message)
  return quarantine(seen, 'ApprovalExpired', message)
}

const approvalOf = (seen: Observation, { rung }: StepNamed<'Approving'>): Treatment['approval'] =>
  treatmentAt(seen, rung).approval ?? seen.shared?.policy.approval

/** Nobody need be asked any more: what is waited for is room. Who finds none in time is for people, for nothing has proven the node. */
function waitForProof(seen: Observation, step: StepNamed<'Approving'>, answer: GateAnswer): Decision {
  const timeoutMs = Math.max(claimDeadlineMs, seconds(approvalOf(seen, step)?.timeoutSeconds ?? 0))
  const held = firstHeld([answer])
  if (leftMs({ since: step.since, watchedMs: seen.watched.stepMs }, timeoutMs, seen.now) > 0)
    return stay('a slot for the proof is waited for', { wakeAfterMs: waitPollMs, held, gates: [answer] })
  const message = `no slot for the proof within ${durationInWords(timeoutMs)}: ${held?.message ?? 'others were faster'}`
  return quarantine(seen, 'BudgetExhausted', message)
}

/** A dry run ends where others begin: with every answer, and with what the drain would meet. */
function planned(seen: Observation, treatment: Treatment): Decision {
  const view = viewOf(seen)
  const gates =
    view === undefined
      ? [modeActs(seen)]
      : [...budgetGates(view), ...treatGates(seen, treatment).filter(isOwn), ...startOnlyGates(seen)]
  const plan = { gates, drain: drainState(drainOf(seen, treatment.drain), undefined) }
  if (seen.run.spec.requestedBy === undefined) {
    const message = `would have begun with rung ${treatment.name}; nothing was touched`
    return { ...bootNoted(seen, release(seen, 'WouldHaveActed', message)), plan }
  }
  const unknown = gates.find(({ result }) => result === 'Unknown')
  if (unknown === undefined)
    return { ...release(seen, 'PlanComplete', `rung ${treatment.name} was planned; nothing was touched`), plan }
  return { ...release(seen, 'PlanIncomplete', `${unknown.gate} could not be answered: ${unknown.message ?? ''}`), plan }
}

/** Another boot than this one, and people have done what the run would have. */
const bootNoted = ({ node }: Observation, decision: Move): Move =>
  node.kind === 'Present' ? { ...decision, next: { ...decision.next, bootID: node.node.bootID } } : decision

/** Those that a dry run does not ask as shared ones already. */
const isOwn = ({ gate }: GateAnswer): boolean => !['NotPaused', 'BudgetFree', 'BreakerClosed'].includes(gate)

/** A slot is claimed by compare-and-swap on a live read of the ledger, and held once it is seen there with our UID. */
export function decideClaiming(seen: Observation, step: StepNamed<'Claiming'>): Decision {
  const { run, node, ledger } = seen
  const isHealed = node.kind === 'Present' && hasRecoveredAlone(seen, node.node)
  if (isHealed && step.rung > 0)
    return recovered(seen, step.rung) ?? slotForProof(seen, (held) => waitForSlot(seen, step, held))
  if (hasClaimed(ledger, run.uid, step.retry)) {
    const next = {
      ...carried(seen),
      name: 'Cordoning',
      rung: step.rung,
      deadline: deadlineIn(seen, cordonDeadlineMs),
      attempted: true,
    } as const
    return move(next, 'SlotClaimed', 'the slot is held')
  }
  if (isHealed) return givenBack(seen)
  const taken = takenByOthers(seen)
  if (taken !== undefined) return taken
  const view = viewOf(seen)
  const treatment = treatmentAt(seen, step.rung)
  const shared = view === undefined ? [] : budgetGates(view)
  const gates = [
    ...shared,
    ...historyGates(seen, step),
    ...floorGates(seen, step),
    ...exclusionGate(seen),
    ...neighbourGates(seen),
    causeKnown(seen),
    modeActs(seen),
    providerAnswer(seen, treatment),
  ]
  const held = firstHeld(gates)
  if (isOverdue(seen, step)) return withoutSlot(seen, step, held)
  if (held !== undefined) return stay('a gate holds', { wakeAfterMs: waitPollMs, held, gates })
  return stay('a slot is claimed', { commands: claimSlot(seen), wakeAfterMs: waitPollMs })
}

function withoutSlot(seen: Observation, step: StepNamed<'Claiming'>, held: Held | undefined): Decision {
  // A dead BMC must not drain a node for nothing: the rung is passed over before anything is disrupted.
  if (held?.gate === 'ProviderReady')
    return withoutProvider(seen, step, `rung ${treatmentAt(seen, step.rung).name}: ${held.message}`)
  const message = `no slot within ${durationInWords(seen.now - step.since)}: ${held?.message ?? 'others were faster'}`
  // A node that a run has touched is not given back sick because a person asked for too much.
  const isUntouched = step.rung === 0 && !step.attempted
  return isUntouched ? release(seen, 'BudgetExhausted', message) : quarantine(seen, 'BudgetExhausted', message)
}

function withoutProvider(seen: Observation, { rung, attempted }: StepNamed<'Claiming'>, message: string): Decision {
  const isLast = rung + 1 >= seen.run.spec.treatments.length
  return isLast && !attempted ? release(seen, 'TreatmentsExhausted', message) : nextRung(seen, rung, message)
}

/** Taken, or taken again: then the slot keeps the domains that it has. */
export function claimSlot(seen: Observation): readonly Command[] {
  const { run, node, ledger, shared, now } = seen
  if (ledger.kind !== 'Known' || node.kind !== 'Present') return []
  const place = { labels: node.node.metadata.labels, limits: shared?.policy.limits, at: now }
  const slot = slotFor(run, place)
  const claimed = withRetries(withSlot(ledger.spec, slot, seen), run.uid, seen.step.retry)
  return [{ kind: 'ClaimSlot', ledger: claimed, resourceVersion: ledger.resourceVersion }]
}

/** The cause is looked at once more, live, and the patch carries the version of the node that showed it. */
export function decideCordoning(seen: Observation, step: StepNamed<'Cordoning'>): Decision {
  const { run, node } = seen
  if (node.kind !== 'Present') return stay('the node is gone', { wakeAfterMs: waitPollMs })
  if (isCordonedBy(node.node, run.uid) && node.node.unschedulable) {
    const { drain } = treatmentAt(seen, step.rung)
    const next = {
      ...carried(seen),
      name: 'Draining',
      rung: step.rung,
      deadline: deadlineIn(seen, seconds(drain.deadlineSeconds)),
    } as const
    return move(next, 'NodeCordoned', `node ${run.spec.node.name} is cordoned`)
  }
  const healed = liveCause(seen, node.node).verdict === 'False' ? recovered(seen, step.rung) : undefined
  if (healed !== undefined) return healed
  const taken = takenByOthers(seen)
  if (taken !== undefined) return taken
  if (isOverdue(seen, step))
    return release(seen, 'CordonNotSeen', `no cordon was seen on node ${run.spec.node.name} in time`)
  const held = firstHeld(stops(seen))
  if (held !== undefined) return stay('the cause cannot be confirmed', { wakeAfterMs: waitPollMs, held })
  if (!holdsSlot(seen.ledger, run.uid)) return stay('the slot is not seen', { wakeAfterMs: waitPollMs })
  return stay('the node is cordoned', { commands: [cordon(node.node, run)], wakeAfterMs: waitPollMs })
}

/** Before any treatment the node is given back; after one it has to prove itself, and undefined: it holds no slot for that. */
function recovered(seen: Observation, rung: number): Decision | undefined {
  if (rung === 0) return givenBack(seen)
  return holdsSlot(seen.ledger, seen.run.uid) ? proveLateEffect(seen, rung - 1) : undefined
}

const givenBack = (seen: Observation): Decision =>
  release(seen, 'RecoveredAlone', `node ${seen.run.spec.node.name} recovered by itself`)

/**
 * The run gave its slot back when it began to wait, and somebody may disrupt another node meanwhile. Of the gates only those that
 * count are asked: nothing more is done to the node.
 */
function slotForProof(seen: Observation, wait: (held: GateAnswer) => Decision): Decision {
  const view = viewOf(seen)
  const gates = view === undefined ? [modeActs(seen)] : [budgetFree(view), topologyFree(view)]
  const held = gates.find(({ result }) => result !== 'Pass')
  return held === undefined
    ? stay('a slot is claimed for the proof', { commands: claimSlot(seen), wakeAfterMs: waitPollMs })
    : wait(held)
}

function waitForSlot(seen: Observation, step: StepNamed<'Claiming'>, answer: GateAnswer): Decision {
  const held = firstHeld([answer])
  return isOverdue(seen, step)
    ? withoutSlot(seen, step, held)
    : stay('a gate holds', { wakeAfterMs: waitPollMs, held, gates: [answer] })
}
