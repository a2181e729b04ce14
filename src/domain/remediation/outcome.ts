import { waitPollMs } from '../../api/pacing.ts'
import type { LedgerSpec, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { Outcome, QuarantineCause } from '../../api/v1alpha1/node-remediation.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { assert } from '../../kernel/assert.ts'
import { type Instant, later, parseTime } from '../../kernel/time.ts'
import { holdsSlot, isLedgerFull, slotOf, withoutSlot, withRetries, withStart } from '../budget/ledger.ts'
import type { Command, EventReason, Move, Stay } from './decision.ts'
import { leftMs } from './elapsed.ts'
import type { Observation } from './observation.ts'
import type { Step } from './step.ts'

/** The ways in which a decision ends, so that no step spells them out again. */

export const move = (next: Step, reason: EventReason, message: string): Move => ({
  kind: 'Move',
  next,
  reason,
  message,
})

export const stay = (
  because: string,
  unusual: Partial<Omit<Stay, 'kind' | 'because'>> & Pick<Stay, 'wakeAfterMs'>,
): Stay => ({
  kind: 'Stay',
  commands: [],
  held: undefined,
  gates: [],
  drain: undefined,
  because,
  ...unusual,
})

const eventOf: Readonly<Partial<Record<Outcome, EventReason>>> = {
  RecoveredAlone: 'RecoveredAlone',
  NodeRecovered: 'RemediationSucceeded',
  NodeRelieved: 'RemediationSucceeded',
  NodeReplaced: 'RemediationSucceeded',
  Cancelled: 'RemediationCancelled',
  Superseded: 'RemediationCancelled',
  NodeGone: 'RemediationCancelled',
  OtherActorActive: 'RemediationCancelled',
  WouldHaveActed: 'WouldHaveActed',
  PlanComplete: 'WouldHaveActed',
  PlanIncomplete: 'WouldHaveActed',
}

/** Success and failure leave by the same door. */
export const release = (seen: Observation, outcome: Outcome, message: string): Move =>
  move({ ...carried(seen), name: 'Releasing', outcome }, eventOf[outcome] ?? 'RemediationFailed', message)

export const quarantine = (seen: Observation, cause: QuarantineCause, message: string): Move =>
  move(
    { ...carried(seen), name: 'Quarantined', cause },
    'NodeQuarantined',
    `${message}; the node stays cordoned and waits for people`,
  )

/** The rung has failed: on to the next, and after the last one to the people. */
export function nextRung(seen: Observation, rung: number, message: string): Move {
  const next = seen.run.spec.treatments[rung + 1]
  if (next === undefined) return quarantine(seen, 'TreatmentsExhausted', `${message}, and it was the last rung`)
  return move(
    { ...carried(seen), name: 'Approving', rung: rung + 1, deadline: undefined },
    'TreatmentFailed',
    `${message}; next rung ${next.name}`,
  )
}

export const carried = ({ now, step }: Observation): Pick<Step, 'since' | 'retry' | 'attempted' | 'bootID'> => ({
  since: now,
  retry: step.retry,
  attempted: step.attempted,
  bootID: step.bootID,
})

/** The spec is immutable and the index was checked when it was written. */
export function treatmentAt({ run }: Observation, rung: number): Treatment {
  const treatment = run.spec.treatments[rung]
  assert(treatment !== undefined, `run ${run.name} has no rung ${rung}`)
  return treatment
}

/** A deadline is a time to wait from the moment at which it was set, and this process has to have waited it. */
export const isOverdue = ({ now, watched }: Observation, step: Due): boolean => {
  const since = 'stageSince' in step ? step.stageSince : step.since
  return leftMs({ since, watchedMs: watched.stepMs }, step.deadline - since, now) === 0
}

type Due = Extract<Step, { readonly deadline: Instant }>

export const deadlineIn = ({ now }: Observation, ms: number): Instant => later(now, ms)

/** Empty where there is nothing to give back, or the ledger cannot be read: then we look again. */
export function releaseSlot(seen: Observation): readonly Command[] {
  const { ledger, run, now, step } = seen
  if (ledger.kind !== 'Known') return []
  const isForgotten = isForgottenBy(ledger.spec, seen)
  const isWritten = slotOf(ledger.spec, run.uid) === undefined && !standsOpen(ledger.spec, seen)
  if (isWritten && !isForgotten && !restsTooEarly(ledger.spec, seen)) return []
  const given = { now, attempted: step.attempted, verdict: verdictOf(step), diagnosis: run.spec.cause.diagnosis }
  const next = withoutSlot(isForgotten ? recalled(ledger.spec, seen) : ledger.spec, run.uid, given)
  return [{ kind: 'ReleaseSlot', ledger: next, resourceVersion: ledger.resourceVersion }]
}

/** Somebody took its slot out of the ledger, and nobody wrote down that it ended: no cool-down would count from it. */
const standsOpen = (ledger: LedgerSpec, { run, step }: Observation): boolean =>
  step.name === 'Releasing' && ledger.starts.some(({ runUID, endTime }) => runUID === run.uid && endTime === undefined)

/**
 * The ledger came back without this run: what it does not know no cool-down would count from. In a full one nothing starts, and
 * nothing can be added.
 */
const isForgottenBy = (ledger: LedgerSpec, { run, step, nowAtLeast }: Observation): boolean =>
  step.name === 'Releasing' &&
  step.attempted &&
  ledger.starts.every(({ runUID }) => runUID !== run.uid) &&
  !isLedgerFull(ledger, nowAtLeast)

/** When it began nobody has written down: as late as can be, so that it is counted for long enough. */
function recalled(ledger: LedgerSpec, seen: Observation): LedgerSpec {
  const { run, step } = seen
  const { policyName, node } = run.spec
  const starter = { runUID: run.uid, runName: run.name, policyName, nodeName: node.name, nodeUID: node.uid }
  return withRetries(withStart(ledger, starter, seen), run.uid, step.retry)
}

/** A quarantined run gave its slot back long ago; its node is left alone from the moment at which people give the node back. */
function restsTooEarly({ starts }: LedgerSpec, { run, step, now }: Observation): boolean {
  if (step.name !== 'Releasing' || !step.attempted) return false
  const endedAt = parseTime(starts.find(({ runUID }) => runUID === run.uid)?.endTime)
  return endedAt !== undefined && endedAt < Math.min(step.since, now)
}

/** Whether the treatments of the run helped, as far as it ends by them: neither people nor the node's own recovery prove anything. */
function verdictOf(step: Step): Start['verdict'] {
  const hasTreated = step.bootID !== ''
  const end = step.name === 'Quarantined' ? step.cause : 'outcome' in step ? step.outcome : undefined
  if (!hasTreated || end === undefined) return undefined
  if (end === 'TreatmentsExhausted') return 'Failed'
  return ['NodeRecovered', 'NodeRelieved', 'NodeReplaced'].includes(end) ? 'Helped' : undefined
}

/** Step and ledger are read one after the other: a run that treats and holds no slot waits and looks again. */
export const mayAct = ({ ledger, run }: Observation): boolean => holdsSlot(ledger, run.uid)

export const waitForLeave = (): Stay =>
  stay('the slot is not seen, or somebody has said stop', { wakeAfterMs: waitPollMs })
