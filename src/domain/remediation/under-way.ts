import type { Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import type { StepRecord, TreatmentStage } from '../../api/v1alpha1/node-remediation.ts'
import { type LedgerSeen, slotOf } from '../budget/ledger.ts'
import type { Step } from './step.ts'

/** Runs in these have cordoned their node: one that holds no slot claims it again before its next effect. */
export const disruptingSteps: readonly Step['name'][] = ['Draining', 'Treating', 'Verifying']

/** Of a treatment that moves pods and does nothing else. */
export const relievingStages: readonly TreatmentStage[] = ['Relieving', 'AwaitingRelief', 'Holding']

/**
 * Whether the run disrupts its node, or is about to, by what is stored of it: then it counts, slot or not. One that clears up does so
 * for as long as its node bears its cordon.
 */
export function isUnderWay(
  { name, attempted = false }: Pick<StepRecord, 'name' | 'attempted'>,
  bearsCordon: boolean,
): boolean {
  if (name === 'Releasing') return attempted && bearsCordon
  return name === 'Cordoning' || disruptingSteps.includes(name)
}

/** For the gates alone: a slot that somebody has taken out of the ledger is no room until its run has said so again, or has ended. */
export function withUnderWay(seen: LedgerSeen, underWay: readonly Slot[], butRunUID: string): LedgerSeen {
  if (seen.kind !== 'Known') return seen
  const missing = underWay.filter(({ runUID }) => runUID !== butRunUID && slotOf(seen.spec, runUID) === undefined)
  return missing.length === 0 ? seen : { ...seen, spec: { ...seen.spec, slots: [...seen.spec.slots, ...missing] } }
}
