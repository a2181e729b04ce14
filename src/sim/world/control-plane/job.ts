import { at, type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import { type Instant, later, parseTime, seconds } from '../../../kernel/time.ts'
import { withConditions } from '../conditions.ts'
import {
  conditionOf,
  conditionStatus,
  controllerOf,
  isActive,
  isReady,
  isTerminating,
  keyOf,
  kubeTime,
  nameOf,
  namespaceOf,
  phaseOf,
  refFromKey,
  refOf,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { writeStatus } from '../write-status.ts'
import { podFromTemplate } from './pod-template.ts'

const jobs = 'jobs.batch'

/** One pod at a time until enough have succeeded, too many have failed, or the deadline has passed. */
export function runJobs(nature: Nature): void {
  const { objects, timers } = nature
  const api = nature.as(controllerUser('job-controller'))
  const queue = new KeyQueue(nature, { actor: 'jobs', reconcile })
  objects.on(jobs, ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  objects.on('pods', ({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === 'Job') queue.add(`${namespaceOf(object)}/${owner.name}`)
  })

  function reconcile(key: string): void {
    const job = objects.get(jobs, refFromKey(key))
    if (job === undefined || isTerminating(job)) return
    if (isOver(job)) removeWhenOld(job, key)
    else goOn(job, key)
  }

  function removeWhenOld(job: JsonObject, key: string): void {
    const end = endOfLife(job)
    const leftMs = end === undefined ? undefined : end - timers.now()
    if (leftMs === undefined) return
    if (leftMs > 0) queue.add(key, leftMs)
    else api.delete(jobs, refOf(job), { uid: uidOf(job), propagationPolicy: 'Foreground' })
  }

  function goOn(job: JsonObject, key: string): void {
    const seen = progressOf(job, objects.dependentsOf(uidOf(job)))
    const now = timers.now()
    const end = verdict(job, seen, now)
    const active = end === undefined ? keepOneActive(job, seen) : 0
    if (end !== undefined) for (const pod of seen.active) api.delete('pods', refOf(pod), { uid: uidOf(pod) })
    writeStatus(api, jobs, { object: job, status: statusOf(job, { ...seen, activeCount: active, end, now }) })
    const deadline = deadlineOf(job, now)
    if (end === undefined && deadline !== undefined) queue.add(key, deadline - now)
  }

  function keepOneActive(job: JsonObject, { active }: Progress): number {
    if (active.length > 0 || at(job, 'spec', 'suspend') === true) return active.length
    const labels = {
      'batch.kubernetes.io/job-name': nameOf(job),
      'batch.kubernetes.io/controller-uid': uidOf(job),
      'job-name': nameOf(job),
    }
    api.create('pods', podFromTemplate({ apiVersion: 'batch/v1', kind: 'Job', object: job }, { labels }))
    return 1
  }
}

/** When a finished job may go; undefined where nobody said. */
function endOfLife(job: JsonObject): Instant | undefined {
  const ttl = numberAt(job, 'spec', 'ttlSecondsAfterFinished')
  const finished = conditionOf(job, conditionStatus(job, 'Complete') === 'True' ? 'Complete' : 'Failed')
  const finishedAt = parseTime(textAt(finished, 'lastTransitionTime'))
  return ttl === undefined || finishedAt === undefined ? undefined : later(finishedAt, seconds(ttl))
}

const isOver = (job: JsonObject): boolean =>
  conditionStatus(job, 'Complete') === 'True' || conditionStatus(job, 'Failed') === 'True'

interface Progress {
  readonly active: readonly JsonObject[]
  readonly succeeded: number
  readonly failed: number
}

/** Pods that are gone leave their mark in the status only. */
const progressOf = (job: JsonObject, pods: readonly JsonObject[]): Progress => ({
  active: pods.filter(isActive),
  succeeded: Math.max(count(pods, 'Succeeded'), numberAt(job, 'status', 'succeeded') ?? 0),
  failed: Math.max(count(pods, 'Failed'), numberAt(job, 'status', 'failed') ?? 0),
})

const count = (pods: readonly JsonObject[], phase: string): number =>
  pods.filter((pod) => phaseOf(pod) === phase).length

interface End {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
}

function verdict(job: JsonObject, { succeeded, failed }: Progress, now: Instant): End | undefined {
  const deadline = deadlineOf(job, now)
  if (succeeded >= (numberAt(job, 'spec', 'completions') ?? 1))
    return { type: 'Complete', reason: 'CompletionsReached' }
  if (failed > (numberAt(job, 'spec', 'backoffLimit') ?? 6)) return { type: 'Failed', reason: 'BackoffLimitExceeded' }
  if (deadline !== undefined && now >= deadline) return { type: 'Failed', reason: 'DeadlineExceeded' }
  return undefined
}

function deadlineOf(job: JsonObject, now: Instant): Instant | undefined {
  const limit = numberAt(job, 'spec', 'activeDeadlineSeconds')
  if (limit === undefined) return undefined
  return later(parseTime(textAt(job, 'status', 'startTime')) ?? now, seconds(limit))
}

interface Report extends Progress {
  readonly activeCount: number
  readonly end: End | undefined
  readonly now: Instant
}

function statusOf(job: JsonObject, { active, activeCount, succeeded, failed, end, now }: Report): JsonObject {
  const counts = {
    active: activeCount,
    ready: active.filter(isReady).length,
    succeeded,
    failed,
    startTime: textAt(job, 'status', 'startTime') ?? kubeTime(now),
  }
  if (end === undefined) return counts
  const said = [{ type: end.type, status: 'True', reason: end.reason, message: '' }] as const
  const conditions = withConditions(job, said, { now })
  return { ...counts, conditions, ...(end.type === 'Complete' ? { completionTime: kubeTime(now) } : {}) }
}
