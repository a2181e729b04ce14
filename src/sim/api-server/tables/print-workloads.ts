import { at, isObject, type Json, type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import { type Instant, parseTime } from '../../../kernel/time.ts'
import { humanDuration } from './age.ts'
import { age, countAt, isTrue, labelsText, nameOf, templateCells } from './printer.ts'

export const printReplicaSet = (set: JsonObject, now: Instant): readonly Json[] => [
  nameOf(set),
  countAt(set, 'spec', 'replicas'),
  countAt(set, 'status', 'replicas'),
  countAt(set, 'status', 'readyReplicas'),
  age(set, now),
  ...templateCells(set),
]

export const printDaemonSet = (set: JsonObject, now: Instant): readonly Json[] => [
  nameOf(set),
  countAt(set, 'status', 'desiredNumberScheduled'),
  countAt(set, 'status', 'currentNumberScheduled'),
  countAt(set, 'status', 'numberReady'),
  countAt(set, 'status', 'updatedNumberScheduled'),
  countAt(set, 'status', 'numberAvailable'),
  labelsText(at(set, 'spec', 'template', 'spec', 'nodeSelector')),
  age(set, now),
  ...templateCells(set),
]

export const printDeployment = (deployment: JsonObject, now: Instant): readonly Json[] => [
  nameOf(deployment),
  `${countAt(deployment, 'status', 'readyReplicas')}/${countAt(deployment, 'spec', 'replicas')}`,
  countAt(deployment, 'status', 'updatedReplicas'),
  countAt(deployment, 'status', 'availableReplicas'),
  age(deployment, now),
  ...templateCells(deployment),
]

export function printStatefulSet(set: JsonObject, now: Instant): readonly Json[] {
  const [names, images] = templateCells(set)
  const ready = `${countAt(set, 'status', 'readyReplicas')}/${countAt(set, 'spec', 'replicas')}`
  return [nameOf(set), ready, age(set, now), names, images]
}

export const printJob = (job: JsonObject, now: Instant): readonly Json[] => [
  nameOf(job),
  jobStatus(job),
  completionsText(job),
  jobDuration(job, now),
  age(job, now),
  ...templateCells(job),
]

function jobStatus(job: JsonObject): string {
  if (isTrue(job, 'Complete')) return 'Complete'
  if (isTrue(job, 'Failed')) return 'Failed'
  if (textAt(job, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => isTrue(job, type)) ?? 'Running'
}

function completionsText(job: JsonObject): string {
  const succeeded = countAt(job, 'status', 'succeeded')
  const completions = numberAt(job, 'spec', 'completions')
  if (completions !== undefined) return `${succeeded}/${completions}`
  const parallelism = countAt(job, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(job: JsonObject, now: Instant): string {
  const started = parseTime(textAt(job, 'status', 'startTime'))
  const ended = parseTime(textAt(job, 'status', 'completionTime'))
  return started === undefined ? '' : humanDuration((ended ?? now) - started)
}

export const printConfigMap = (map: JsonObject, now: Instant): readonly Json[] => [
  nameOf(map),
  keyCount(map['data']) + keyCount(map['binaryData']),
  age(map, now),
]

export const printSecret = (secret: JsonObject, now: Instant): readonly Json[] => [
  nameOf(secret),
  textAt(secret, 'type') ?? '',
  keyCount(secret['data']),
  age(secret, now),
]

export const printNameAndAge = (object: JsonObject, now: Instant): readonly Json[] => [nameOf(object), age(object, now)]

const keyCount = (map: unknown): number => (isObject(map) ? Object.keys(map).length : 0)
