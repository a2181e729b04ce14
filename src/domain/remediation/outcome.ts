import { waitPollMs } from '../../api/pacing.ts'
import type { Outcome, QuarantineCause } from '../../api/v1alpha1/node-remediation.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { assert } from '../../kernel/assert.ts'
import { type Instant, later } from '../../kernel/time.ts'
import { holdsSlot, slotOf, withoutSlot } from '../budget/ledger.ts'
import type { Command, EventReason, Move, Stay } from './decision.ts'
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

export const isOverdue = ({ now }: Observation, { deadline }: { readonly deadline: Instant }): boolean =>
  now >= deadline

export const deadlineIn = ({ now }: Observation, ms: number): Instant => later(now, ms)

/** Empty where there is nothing to give back, or the ledger cannot be read: then we look again. */
export function releaseSlot({ ledger, run, now, step }: Observation): readonly Command[] {
  if (ledger.kind !== 'Known' || slotOf(ledger.spec, run.uid) === undefined) return []
  const next = withoutSlot(ledger.spec, run.uid, { now, attempted: step.attempted })
  return [{ kind: 'ReleaseSlot', ledger: next, resourceVersion: ledger.resourceVersion }]
}

/** Step and ledger are read one after the other: a run that treats and holds no slot waits and looks again. */
export const mayAct = ({ ledger, run }: Observation): boolean => holdsSlot(ledger, run.uid)

export const waitForLeave = (): Stay =>
  stay('the slot is not seen, or somebody has said stop', { wakeAfterMs: waitPollMs })
