import type { DrainState, Outcome, StepName } from '../../api/v1alpha1/node-remediation.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'
import { drainInWords } from './drain-state.ts'
import type { Held } from './gates.ts'
import type { Step } from './step.ts'

export type ConditionUpdate = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

/** What a run says of itself, derived from its step alone: conditions are the interface, the step is internal. */
export interface RunFacts {
  readonly step: Step
  readonly held: Held | undefined
  readonly dryRun: boolean
  /** Why the step was entered. */
  readonly message: string
  /** How far the drain has come, or had come when it was left. */
  readonly drain: DrainState | undefined
}

export function conditionsOf(facts: RunFacts): readonly ConditionUpdate[] {
  const { step, held, dryRun } = facts
  const heldNow: ConditionUpdate = held
    ? { type: 'Held', status: 'True', reason: held.reason, message: held.message }
    : { type: 'Held', status: 'False', reason: 'NotHeld', message: 'nothing is waited for' }
  return [
    ...progressOf(facts),
    ...(step.name === 'Done' ? [verdictOf(step.outcome, facts)] : [openOf(step, dryRun)]),
    heldNow,
  ]
}

const milestones: readonly (readonly [type: string, reachedIn: StepName, reason: string])[] = [
  ['Approved', 'Claiming', 'ApprovalNotRequired'],
  ['Claimed', 'Cordoning', 'SlotHeld'],
  ['Cordoned', 'Draining', 'Cordoned'],
  ['Drained', 'Treating', 'Drained'],
  ['Treated', 'Verifying', 'Treated'],
]
const order: readonly StepName[] = ['Approving', 'Claiming', 'Cordoning', 'Draining', 'Treating', 'Verifying']

/** In the last steps the milestones stay as they were: they tell how far the run has come. */
function progressOf({ step, message, dryRun, drain }: RunFacts): readonly ConditionUpdate[] {
  if (dryRun) return []
  const place = order.indexOf(step.name)
  if (place >= 0) {
    return milestones.map(([type, reachedIn, reason]) => {
      const reached = place >= order.indexOf(reachedIn)
      if (type === 'Drained' && drain !== undefined && place >= order.indexOf('Draining'))
        return drained(drain, reached)
      return {
        type,
        status: reached ? 'True' : 'Unknown',
        reason: reached ? reason : 'InProgress',
        message: `the run is ${step.name}`,
      }
    })
  }
  if (step.name === 'Quarantined') {
    return [
      { type: 'Claimed', status: 'False', reason: 'SlotReturned', message: 'what waits for people holds no slot' },
    ]
  }
  const verified = 'outcome' in step && step.outcome === 'NodeRecovered'
  return [
    ...(verified ? [{ type: 'Verified', status: 'True' as const, reason: 'Verified', message }] : []),
    ...(step.name === 'Done'
      ? [
          {
            type: 'Claimed',
            status: 'False' as const,
            reason: 'SlotReturned',
            message: 'the slot was seen given back',
          },
          {
            type: 'Released',
            status: 'True' as const,
            reason: 'Released',
            message: 'nothing of the run is left on the node',
          },
        ]
      : []),
  ]
}

/** Done means seen: with a pod left behind the node is not drained, whatever its rung waives. */
function drained(drain: DrainState, isOver: boolean): ConditionUpdate {
  const message = drainInWords(drain)
  if (drain.gone < drain.total) {
    const reason = isOver ? 'PodsLeft' : drain.blocked.length > 0 ? 'DrainBlocked' : 'InProgress'
    return { type: 'Drained', status: 'False', reason, message }
  }
  return isOver
    ? { type: 'Drained', status: 'True', reason: 'Drained', message }
    : { type: 'Drained', status: 'Unknown', reason: 'InProgress', message }
}

const openOf = (step: Step, dryRun: boolean): ConditionUpdate => {
  const reason = step.name === 'Quarantined' ? 'Quarantined' : 'InProgress'
  return { type: dryRun ? 'Planned' : 'Succeeded', status: 'Unknown', reason, message: `the run is ${step.name}` }
}

const successes: readonly Outcome[] = ['NodeRecovered', 'NodeRelieved', 'NodeReplaced', 'RecoveredAlone']

function verdictOf(outcome: Outcome, { dryRun, message }: RunFacts): ConditionUpdate {
  if (dryRun)
    return { type: 'Planned', status: outcome === 'PlanIncomplete' ? 'False' : 'True', reason: outcome, message }
  return { type: 'Succeeded', status: successes.includes(outcome) ? 'True' : 'False', reason: outcome, message }
}
