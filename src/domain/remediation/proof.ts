import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Move } from './decision.ts'
import type { Observation } from './observation.ts'
import { carried, deadlineIn, move, treatmentAt } from './outcome.ts'
import type { Treating } from './step.ts'

/** The only proof of a boot. An empty one proves nothing, on either side. */
export const hasNewBoot = ({ node }: Observation, { bootID }: Treating): boolean =>
  node.kind === 'Present' && node.node.bootID !== '' && bootID !== '' && node.node.bootID !== bootID

/** For people. */
export const bootInWords = ({ node }: Observation, { bootID }: Treating): string =>
  `new boot ID ${node.kind === 'Present' ? node.node.bootID : ''}, was ${bootID}`

interface Evidence {
  readonly treatment: Treatment
  /** In words. */
  readonly evidence: string
  /** What the node has said until then is old. Left out: until now. */
  readonly treatedAt?: Instant
  /** Nothing shows that this boot is the work of the rung. */
  readonly alone?: boolean
}

/** The treatment had its effect, and now the node has to prove itself. */
export function proveTreatment(
  seen: Observation,
  step: Treating,
  { treatment, evidence, treatedAt = seen.now, alone = false }: Evidence,
): Move {
  const next = {
    ...carried(seen),
    name: 'Verifying',
    rung: step.rung,
    deadline: deadlineIn(seen, seconds(treatment.verification.timeoutSeconds)),
    treatedAt,
    leaseRenewTime: seen.leaseRenewTime,
    stableSince: undefined,
    readyTime: undefined,
    alone,
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
    alone: false,
  } as const
  return move(next, 'TreatmentObserved', `rung ${name} had its effect late: the cause is gone`)
}
