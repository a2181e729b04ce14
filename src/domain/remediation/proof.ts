import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { seconds } from '../../kernel/time.ts'
import type { Move } from './decision.ts'
import type { Observation } from './observation.ts'
import { carried, deadlineIn, move, treatmentAt } from './outcome.ts'
import type { Treating } from './step.ts'

/** The only proof of a boot. An empty one proves nothing, on either side. */
export const hasNewBoot = ({ node }: Observation, { bootID }: Treating): boolean =>
  node.kind === 'Present' && node.node.bootID !== '' && bootID !== '' && node.node.bootID !== bootID

/** The node runs another boot than before. */
export function proveTreatment(seen: Observation, step: Treating, treatment: Treatment): Move {
  const bootID = seen.node.kind === 'Present' ? seen.node.node.bootID : ''
  return proveBy(seen, { step, treatment, evidence: `new boot ID ${bootID}, was ${step.bootID}` })
}

interface Effect {
  readonly step: Treating
  readonly treatment: Treatment
  /** What was seen, in words. */
  readonly evidence: string
}

/** The treatment had its effect; whatever the node has said until now is old. */
export function proveBy(seen: Observation, { step, treatment, evidence }: Effect): Move {
  const next = {
    ...carried(seen),
    name: 'Verifying',
    rung: step.rung,
    deadline: deadlineIn(seen, seconds(treatment.verification.timeoutSeconds)),
    treatedAt: seen.now,
    leaseRenewTime: seen.leaseRenewTime,
    stableSince: undefined,
    readyTime: undefined,
  } as const
  return move(next, 'TreatmentObserved', `rung ${treatment.name}: ${evidence}`)
}

/** The rung before had its effect late: the cause is gone, and the node has to prove itself as after any treatment. */
export function proveLateEffect(seen: Observation, rung: number): Move {
  const { verification, name } = treatmentAt(seen, rung)
  const next = {
    ...carried(seen),
    name: 'Verifying',
    rung,
    deadline: deadlineIn(seen, seconds(verification.timeoutSeconds)),
    treatedAt: seen.step.since,
    leaseRenewTime: undefined,
    stableSince: undefined,
    readyTime: undefined,
  } as const
  return move(next, 'TreatmentObserved', `rung ${name} had its effect late: the cause is gone`)
}
