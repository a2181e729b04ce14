import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import type { Decision } from './decision.ts'
import { afterJob, jobEnded, orderNodeJob, ownJob, withoutJob } from './node-job.ts'
import type { Observation } from './observation.ts'
import { isOverdue, nextRung } from './outcome.ts'
import { bootInWords, hasNewBoot, proveTreatment } from './proof.ts'
import type { Treating } from './step.ts'

/**
 * A job on the node itself orders the reboot. Evidence: a boot ID that differs from the recorded one. A job that says no leads on; one
 * that is lost, or finds the node on another boot, leaves it to the boot ID, which may be on its way, and to the deadline.
 */
export function decideReboot(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (hasNewBoot(seen, step))
    return withoutJob(seen, () => proveTreatment(seen, step, { treatment, evidence: bootInWords(seen, step) }))
  if (step.stage === 'Withdrawing') return afterJob(seen, step, treatment)
  if (isOverdue(seen, step)) {
    const message = `rung ${treatment.name}: no new boot ID within ${treatment.reboot?.bootTimeoutSeconds ?? 0}s`
    return withoutJob(seen, () => nextRung(seen, step.rung, message))
  }
  const error = ownJob(seen, step, 'reboot')?.result?.error
  if (error !== undefined && error !== 'WrongBoot')
    return jobEnded(seen, step, { worked: false, said: `the job on the node says ${error}` })
  return orderNodeJob(seen, step, { treatment, task: { kind: 'reboot' } })
}
