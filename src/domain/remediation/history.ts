import type { LedgerSpec, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { withStart } from '../budget/ledger.ts'
import { attemptsLeft, cooldownOver } from '../detect/history-gates.ts'
import type { Observation } from './observation.ts'
import type { StepNamed } from './step.ts'

/** Whoever asked for this run, flapping was looked at when its cause was believed. */
const steady = { changes: [], percent: 0, flapping: false } as const

/**
 * What has been done to this node before, by the ledger as it stands now: a run that a person asks for passes no triage, and two runs
 * for one node may have passed it at once. Once the run has taken the node, its own history is no obstacle to it, but where a person
 * sends it back to its foot: a retry is an attempt.
 */
export function historyGates(seen: Observation, step: StepNamed<'Claiming'>): readonly GateAnswer[] {
  const { run, ledger, shared, nowAtLeast } = seen
  const isRetry = step.rung === 0 && step.retry > 0
  if ((step.attempted && !isRetry) || ledger.kind !== 'Known' || shared === undefined) return []
  const { limits } = shared.policy
  const onNode = ledger.spec.starts.filter(({ nodeUID }) => nodeUID === run.spec.node.uid)
  const others = onNode.filter(({ runUID }) => runUID !== run.uid)
  const view = { now: nowAtLeast, flaps: steady }
  if (!isRetry)
    return [cooldownOver(limits, { ...view, starts: others }), attemptsLeft(limits, { ...view, starts: others })]
  // Of its own, all but the one that it asks for now. The round before is over, even where its slot was not given back in between.
  const own = ownStarts(seen, ledger.spec).map((start) => ({
    ...start,
    attempt: start.attempt || step.attempted,
    endTime: start.endTime ?? start.startTime,
    retries: step.retry - 1,
  }))
  return [attemptsLeft(limits, { ...view, starts: [...others, ...own] })]
}

/** A list that somebody has emptied does not undo what the run has done: by its own step it has begun, as late as can be. */
function ownStarts({ run, step, now, nowAtLeast }: Observation, ledger: LedgerSpec): readonly Start[] {
  const ofRun = ({ starts }: LedgerSpec): readonly Start[] => starts.filter(({ runUID }) => runUID === run.uid)
  const { policyName, node } = run.spec
  const starter = { runUID: run.uid, runName: run.name, policyName, nodeName: node.name, nodeUID: node.uid }
  const known = ofRun(ledger)
  return known.length > 0 || !step.attempted ? known : ofRun(withStart(ledger, starter, { now, nowAtLeast }))
}
