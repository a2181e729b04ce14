import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { attemptsLeft, cooldownOver } from '../detect/history-gates.ts'
import type { Observation } from './observation.ts'
import type { StepNamed } from './step.ts'

/** Whoever asked for this run, flapping was looked at when its cause was believed. */
const steady = { changes: [], percent: 0, flapping: false } as const

/**
 * What has been done to this node before, by the ledger as it stands now: a run that a person asks for passes no triage, and two runs
 * for one node may have passed it at once. Once the run has taken the node, its own history is no obstacle to it.
 */
export function historyGates(
  { run, ledger, shared, nowAtLeast }: Observation,
  step: StepNamed<'Claiming'>,
): readonly GateAnswer[] {
  if (step.attempted || ledger.kind !== 'Known' || shared === undefined) return []
  const { limits } = shared.policy
  const starts = ledger.spec.starts.filter(({ nodeUID, runUID }) => nodeUID === run.spec.node.uid && runUID !== run.uid)
  const history = { starts, now: nowAtLeast, flaps: steady }
  return [cooldownOver(limits, history), attemptsLeft(limits, history)]
}
