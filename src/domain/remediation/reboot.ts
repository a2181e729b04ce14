import { treatPollMs } from '../../api/pacing.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { hasRecoveredAlone } from './cause.ts'
import type { Command, Decision } from './decision.ts'
import { mayDisrupt } from './gates.ts'
import type { Observation } from './observation.ts'
import { isOverdue, nextRung, stay, waitForLeave } from './outcome.ts'
import { hasNewBoot, proveTreatment } from './proof.ts'
import type { Treating } from './step.ts'

/**
 * A job on the node itself orders the reboot. It carries the boot ID it was meant for and a last moment, and refuses otherwise;
 * before any other rung it is seen gone, so that a kubelet that comes back late does not reboot a second time.
 */
export function decideReboot(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (hasNewBoot(seen, step)) return withoutJob(seen, () => proveTreatment(seen, step, treatment))
  if (isOverdue(seen, step)) {
    const message = `rung ${treatment.name}: no new boot ID within ${treatment.reboot?.bootTimeoutSeconds ?? 0}s`
    return withoutJob(seen, () => nextRung(seen, step.rung, message))
  }
  if (seen.job?.failed === true) {
    return withoutJob(seen, () => nextRung(seen, step.rung, `rung ${treatment.name}: the job on the node failed`))
  }
  if (seen.job !== undefined) return stay('the node was asked to reboot', { wakeAfterMs: treatPollMs })
  // The job would refuse, and nothing could be proven.
  if (step.bootID === '') return nextRung(seen, step.rung, `rung ${treatment.name}: the node has not told its boot ID`)
  return mayDisrupt(seen) ? orderInTime(seen, step) : waitForLeave()
}

function orderInTime(seen: Observation, step: Treating): Decision {
  if (seen.node.kind !== 'Present' || hasRecoveredAlone(seen, seen.node.node)) {
    return stay('the cause is no longer seen, so no reboot is ordered', { wakeAfterMs: treatPollMs })
  }
  // The order carries its last moment, and a node that finds it late refuses: better none than one that cannot be obeyed.
  if (seen.now >= step.deadline) return stay('it is too late to order a reboot', { wakeAfterMs: treatPollMs })
  return stay('a reboot is ordered', { commands: [order(seen, step)], wakeAfterMs: treatPollMs })
}

/** Done means seen: on only when the job is gone. */
function withoutJob(seen: Observation, then: () => Decision): Decision {
  const commands = withdrawal(seen)
  return commands === undefined
    ? then()
    : stay('the order to reboot is withdrawn', { commands, wakeAfterMs: treatPollMs })
}

/** Undefined: there is no job. Empty: it is going already. */
export function withdrawal({ job }: Observation): readonly Command[] | undefined {
  if (job === undefined) return undefined
  return job.terminating ? [] : [{ kind: 'WithdrawReboot', jobName: job.name, uid: job.uid }]
}

function order({ run }: Observation, step: Treating): Command {
  const job = {
    name: rebootJobName(run.uid),
    nodeName: run.spec.node.name,
    expectedBootID: step.bootID,
    notAfter: rfc3339(step.deadline),
    runName: run.name,
  }
  return { kind: 'OrderReboot', job }
}

/** Derived, so that a create that is tried again collides instead of doubling. */
export const rebootJobName = (runUID: string): string => `reboot-${shortHash(runUID)}`
