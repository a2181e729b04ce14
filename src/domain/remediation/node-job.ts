import type { NodeTask } from '../../api/node-job-result.ts'
import { treatPollMs } from '../../api/pacing.ts'
import { type Treatment, treatmentTimeoutSeconds } from '../../api/v1alpha1/treatment.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { hasRecoveredAlone } from './cause.ts'
import type { Command, Decision, NodeJobTask } from './decision.ts'
import { mayDisrupt } from './gates.ts'
import type { JobSeen, Observation } from './observation.ts'
import { move, nextRung, stay, waitForLeave } from './outcome.ts'
import { proveTreatment } from './proof.ts'
import type { JobEnd, Treating } from './step.ts'

/**
 * Orders that a pod on the node itself carries out. Each carries the boot that it was meant for and a last moment, and the node refuses
 * otherwise. It is seen gone before anything else is done, so that a kubelet that comes back late does not obey it. A second try is
 * harmless: a reboot is refused on another boot, a disk that is free enough is left alone, and a service is restarted once more.
 */

/** The job that this very step has ordered. */
export const ownJob = ({ job, run }: Observation, step: Treating, task: NodeTask): JobSeen | undefined =>
  job?.task === task &&
  (job.order === orderOf(step) || isOfFormerRelease(job)) &&
  job.name === nodeJobName(run.uid, task)
    ? job
    : undefined

/** It knew reboots only, and wrote no rung on them. */
const isOfFormerRelease = ({ order, task }: JobSeen): boolean => order === '' && task === 'reboot'

interface Ordered {
  readonly treatment: Treatment
  readonly task: NodeJobTask
}

/** Gives the order, or waits for it to be carried out. What became of one whose job is lost nobody knows: the deadline leads on. */
export function orderNodeJob(seen: Observation, step: Treating, { treatment, task }: Ordered): Decision {
  const own = ownJob(seen, step, task.kind)
  if (own?.failed === true)
    return stay('the job on the node has ended, and what it did is unknown', { wakeAfterMs: treatPollMs })
  if (own !== undefined) return stay(`the node was asked to ${verbs[task.kind]}`, { wakeAfterMs: treatPollMs })
  if (seen.job !== undefined) return withoutJob(seen, waitForLeave)
  // The job would refuse, and nothing could be proven.
  if (step.bootID === '') return nextRung(seen, step.rung, `rung ${treatment.name}: the node has not told its boot ID`)
  if (!mayDisrupt(seen)) return waitForLeave()
  if (seen.node.kind !== 'Present' || hasRecoveredAlone(seen, seen.node.node))
    return stay('the cause is no longer seen, so nothing is ordered', { wakeAfterMs: treatPollMs })
  // The order carries its last moment, and a node that finds it late refuses: better none than one that cannot be obeyed.
  if (seen.now >= step.deadline) return stay('it is too late for an order', { wakeAfterMs: treatPollMs })
  const [other] = seen.otherJobPods
  if (other !== undefined) return stay(`pod ${other} of another node job has not ended`, { wakeAfterMs: treatPollMs })
  const commands = [orderTo(seen, step, { treatment, task })]
  return stay(`the node is asked to ${verbs[task.kind]}`, { commands, wakeAfterMs: treatPollMs })
}

const verbs: Readonly<Record<NodeTask, string>> = {
  reboot: 'reboot',
  freeDisk: 'free its disk',
  restartService: 'restart a service',
}

/** How it ended is stored before the job, whose word it was, is withdrawn. */
export const jobEnded = (seen: Observation, step: Treating, { worked, said }: JobEnd): Decision => {
  const ended = { worked, said: safeText(said, 512) }
  return move({ ...step, stage: 'Withdrawing', stageSince: seen.now, ended }, 'TreatmentProgressed', ended.said)
}

/**
 * On only when the job is gone. It was ordered while the cause was seen, so a node that says otherwise has said so since: some say it
 * once, while the job is still at work, and then not for minutes.
 */
export const afterJob = (seen: Observation, step: Treating, treatment: Treatment): Decision =>
  withoutJob(seen, () => {
    const { worked, said } = step.ended ?? { worked: false, said: 'how its job ended is not written down' }
    return worked
      ? proveTreatment(seen, step, { treatment, evidence: said, treatedAt: step.since })
      : nextRung(seen, step.rung, `rung ${treatment.name}: ${said}`)
  })

/** Done means seen: on only when the job is gone. */
export function withoutJob(seen: Observation, then: () => Decision): Decision {
  const commands = withdrawal(seen)
  return commands === undefined
    ? then()
    : stay('the order to the node is withdrawn', { commands, wakeAfterMs: treatPollMs })
}

/** Undefined: there is no job. Empty: it is going already. */
export function withdrawal({ job }: Observation): readonly Command[] | undefined {
  if (job === undefined) return undefined
  return job.terminating ? [] : [{ kind: 'WithdrawNodeJob', jobName: job.name, uid: job.uid }]
}

/** So much longer than the rung waits Kubernetes lets the job run. */
const limitBeyondSeconds = 60

function orderTo({ run }: Observation, step: Treating, { treatment, task }: Ordered): Command {
  const job = {
    name: nodeJobName(run.uid, task.kind),
    nodeName: run.spec.node.name,
    task,
    expectedBootID: step.bootID,
    notAfter: rfc3339(step.deadline),
    limitSeconds: treatmentTimeoutSeconds(treatment) + limitBeyondSeconds,
    runName: run.name,
    order: orderOf(step),
  }
  return { kind: 'OrderNodeJob', job }
}

const orderOf = ({ retry, rung }: Treating): string => `${retry}/${rung}`

const prefixes: Readonly<Record<NodeTask, string>> = {
  reboot: 'reboot',
  freeDisk: 'free-disk',
  restartService: 'restart-service',
}

/** Derived, so that a create that is tried again collides instead of doubling. */
export const nodeJobName = (runUID: string, task: NodeTask): string => `${prefixes[task]}-${shortHash(runUID)}`
