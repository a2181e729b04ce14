import type { NodeJobResult } from '../../api/node-job-result.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import type { Decision, NodeJobTask } from './decision.ts'
import { afterJob, jobEnded, orderNodeJob, ownJob, withoutJob } from './node-job.ts'
import type { Observation } from './observation.ts'
import { isOverdue, nextRung } from './outcome.ts'
import { bootInWords, hasNewBoot } from './proof.ts'
import type { JobEnd, Treating } from './step.ts'

/**
 * What a job does on a node that stays up, with its pods where they are. Evidence is what the job has measured on the node: the use of
 * the disk below its target, or a start of the service that is later than the one before, by the node's own clock. A node may lie; the
 * proof that follows rests on the signals. A job that says no leads on. One that is lost, or on a node that has fallen silent, has
 * said nothing: the deadline leads on, and no order outlives it.
 */
export function decideInPlace(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (step.stage === 'Withdrawing') return afterJob(seen, step, treatment)
  const task = taskOf(treatment)
  const ended = bootedMeanwhile(seen, step, task) ?? endOf(seen, step, task)
  if (ended !== undefined) return jobEnded(seen, step, ended)
  if (isOverdue(seen, step)) {
    const message = `rung ${treatment.name}: nothing was heard of its job within ${timeoutOf(treatment)}s`
    return withoutJob(seen, () => nextRung(seen, step.rung, message))
  }
  return orderNodeJob(seen, step, { treatment, task })
}

const timeoutOf = ({ freeDisk, restartService }: Treatment): number => (freeDisk ?? restartService)?.timeoutSeconds ?? 0

type InPlaceTask = Exclude<NodeJobTask, { kind: 'reboot' }>

const taskOf = ({ restartService, freeDisk }: Treatment): InPlaceTask =>
  restartService === undefined
    ? { kind: 'freeDisk', belowPercent: freeDisk?.belowPercent ?? 0 }
    : { kind: 'restartService', service: restartService.name }

/** A boot starts every service anew, and frees nothing. */
const bootedMeanwhile = (seen: Observation, step: Treating, task: InPlaceTask): JobEnd | undefined =>
  task.kind === 'restartService' && hasNewBoot(seen, step)
    ? { worked: true, said: `the node has booted, which starts ${task.service} as well: ${bootInWords(seen, step)}` }
    : undefined

/** Of another boot, or of another service, it is no word on this. */
function endOf(seen: Observation, step: Treating, task: InPlaceTask): JobEnd | undefined {
  const result = ownJob(seen, step, task.kind)?.result
  if (result === undefined || result.task !== task.kind) return undefined
  if (result.error !== undefined) return { worked: false, said: refusal(result, task) }
  if (result.bootID !== step.bootID) return undefined
  return task.kind === 'freeDisk' ? diskEnd(result, task.belowPercent) : serviceEnd(result, task.service)
}

function refusal(result: NodeJobResult, task: InPlaceTask): string {
  const measured = task.kind === 'freeDisk' ? diskEnd(result, task.belowPercent) : serviceEnd(result, task.service)
  return `the job on the node says ${result.error}${measured === undefined ? '' : `; ${measured.said}`}`
}

function diskEnd({ before, after, freedKiB = {} }: NodeJobResult, belowPercent: number): JobEnd | undefined {
  if (before === undefined || after === undefined) return undefined
  const freed = Object.entries(freedKiB).map(([what, kib = 0]) => `${what} ${Math.round(kib / 1_024)} MiB`)
  const words = freed.length === 0 ? 'nothing had to go' : `freed: ${freed.join(', ')}`
  return {
    worked: after < belowPercent,
    said: `disk use ${before} %, then ${after} % (target ${belowPercent} %); ${words}`,
  }
}

function serviceEnd({ service, before, after }: NodeJobResult, wanted: string): JobEnd | undefined {
  if (service !== wanted || before === undefined || after === undefined) return undefined
  const started = `started ${sinceBoot(after)} after the boot, before that ${sinceBoot(before)}`
  return { worked: after > before, said: `service ${wanted}: ${started}` }
}

const sinceBoot = (microseconds: number): string =>
  microseconds === 0 ? 'not running' : `${(microseconds / 1_000_000).toFixed(1)} s`
