import type { TreatGate } from '../../api/gates.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { breakerClosed } from '../budget/breaker-gate.ts'
import { planOf } from '../budget/canary.ts'
import { type BudgetView, budgetFree, notPaused } from '../budget/gates.ts'
import { holdsSlot } from '../budget/ledger.ts'
import { rightsMissing } from '../detect/own-gates.ts'
import { approvalAsked } from '../policy/approval-asked.ts'
import { notExcluded } from '../policy/exclusion.ts'
import { causeKnown } from './cause.ts'
import type { Observation } from './observation.ts'
import { neighbourGates } from './other-actors.ts'
import { mayAct } from './outcome.ts'
import { providerAnswer } from './provider.ts'
import { withUnderWay } from './under-way.ts'

/** What the shared gates need, for the run that asks. Undefined: the policy is gone or cannot be read. */
export function viewOf(seen: Observation): BudgetView | undefined {
  const { shared, ledger, underWay, pauses, run, node, nowAtLeast: now } = seen
  if (shared === undefined) return undefined
  const labels = node.kind === 'Present' ? node.node.metadata.labels : {}
  return {
    ...shared,
    ledger: withUnderWay(ledger, underWay, run.uid),
    pauses,
    now,
    runUID: run.uid,
    node: { name: run.spec.node.name, labels, class: run.spec.cause.class, plan: planOf(run.spec) },
  }
}

/** Asked on live reads right before a treatment: all of them, and none waives another. */
export function treatGates(seen: Observation, treatment: Treatment): readonly GateAnswer[] {
  const view = viewOf(seen)
  const shared = view === undefined ? [] : [slotHeld(seen, view), breakerClosed(view)]
  return [...stops(seen), ...shared, approved(seen, treatment), providerAnswer(seen, treatment)]
}

/** What stops evictions and treatments at any moment: people, others at the node, and evidence that is gone. Clean-up goes on. */
export function stops(seen: Observation): readonly GateAnswer[] {
  const { pauses, run, nowAtLeast: now } = seen
  const scope = { policyName: run.spec.policyName, node: { name: run.spec.node.name } }
  const paused = notPaused({ pauses, now, ...scope })
  return [paused, ...exclusionGate(seen), ...neighbourGates(seen), causeKnown(seen), modeActs(seen)]
}

/** Asked before a slot is claimed, too: what cannot be cordoned costs no start. */
export const exclusionGate = ({ node, nowAtLeast: now }: Observation): readonly GateAnswer[] =>
  node.kind === 'Present' ? [notExcluded(node.node, now)] : []

/** A pod or a machine may be touched right now: the slot is held, and nobody has said stop. */
export const mayDisrupt = (seen: Observation): boolean =>
  mayAct(seen) && stops(seen).every(({ result }) => result === 'Pass')

/** A run that treats must hold its slot; without one nothing is done to the node, whatever else is free. */
function slotHeld(seen: Observation, view: BudgetView): GateAnswer {
  if (holdsSlot(view.ledger, seen.run.uid))
    return { gate: 'BudgetFree', result: 'Pass', reason: 'BudgetFree', message: 'this run holds a slot' }
  const answer = budgetFree(view)
  if (answer.result !== 'Pass') return answer
  return {
    gate: 'BudgetFree',
    result: 'Hold',
    reason: 'BudgetExhausted',
    message: 'this run holds no slot',
    unblockedBy: 'its slot is seen again',
  }
}

export function modeActs({ shared, run, missingRight }: Observation): GateAnswer {
  const { policyName } = run.spec
  if (shared === undefined) {
    const message = `policy ${policyName} is gone or cannot be read`
    return answerOf('ModeActs', { result: 'Hold', reason: 'ObserveMode', message, unblockedBy: 'the policy is back' })
  }
  if (shared.policy.mode === 'Observe') {
    const message = `policy ${policyName} is in mode Observe`
    return answerOf('ModeActs', {
      result: 'Hold',
      reason: 'ObserveMode',
      message,
      unblockedBy: 'a change of the policy',
    })
  }
  if (missingRight !== undefined) return rightsMissing(missingRight)
  return answerOf('ModeActs', {
    result: 'Pass',
    reason: 'ModeActs',
    message: `${policyName} is in mode ${shared.policy.mode}`,
  })
}

/** Approvals by people come in a later version: until then whoever needs them waits, always. */
export function approved({ shared, run }: Observation, treatment: Treatment): GateAnswer {
  const { confidence } = run.spec.cause
  const asked = shared && approvalAsked(shared.policy, treatment, confidence)
  if (asked === undefined && treatment.approval === undefined) {
    const message = `nobody need be asked: mode ${shared?.policy.mode ?? 'unknown'}, rung ${treatment.name}`
    return answerOf('Approved', { result: 'Pass', reason: 'Approved', message })
  }
  const required = treatment.approval?.required ?? asked?.required ?? 1
  const unsure = confidence === 'Low' ? `, for ${run.spec.cause.diagnosis} is of low confidence` : ''
  const message = `rung ${treatment.name} needs ${required} yes, has 0${unsure}; verb approve on policy ${run.spec.policyName}`
  return answerOf('Approved', {
    result: 'Hold',
    reason: 'ApprovalRequired',
    message,
    unblockedBy: 'people who approve',
  })
}

const answerOf = (gate: TreatGate, answer: Omit<GateAnswer, 'gate'>): GateAnswer => ({ gate, ...answer })

export interface Held {
  readonly gate?: string
  readonly reason: string
  readonly message: string
}

/** The headline: the first that does not pass. */
export function firstHeld(gates: readonly GateAnswer[]): Held | undefined {
  const answer = gates.find(({ result }) => result === 'Hold' || result === 'Unknown')
  return answer && { gate: answer.gate, reason: answer.reason ?? answer.gate, message: answer.message ?? '' }
}
