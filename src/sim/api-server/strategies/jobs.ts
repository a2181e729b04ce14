import { isObject, type JsonObject, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { immutable, required } from '../errors/causes.ts'
import { deepEqual, metadataOf, objectAt, textOf, withDefaults, withField, withMetadata } from '../objects/fields.ts'
import { defaultTemplate, validatePodSpec } from './pod-template.ts'
import { type Strategy, specChanged, withStatusStrategy } from './strategy.ts'

export const jobStrategy: Strategy = {
  ...withStatusStrategy,
  generation: specChanged,
  defaults: (job) => ({ ...job, spec: defaultJobSpec(objectAt(job, 'spec')) }),
  prepareForCreate: (job) => labelJob(withField(job, 'status', undefined)),
  validate: validateJob,
  validateUpdate: validateJobUpdate,
}

const defaultJobSpec = (spec: JsonObject): JsonObject =>
  withDefaults(defaultTemplate(spec), {
    ...(spec['completions'] === undefined && spec['parallelism'] === undefined ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  })

/** A job finds its pods by its own UID, unless it was told to select by hand. */
function labelJob(job: JsonObject): JsonObject {
  const spec = objectAt(job, 'spec')
  if (spec['manualSelector'] === true) return job
  const [uid, name] = [textAt(job, 'metadata', 'uid') ?? '', textAt(job, 'metadata', 'name') ?? '']
  const controller = { 'batch.kubernetes.io/controller-uid': uid }
  const marks = { ...controller, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name }
  const template = objectAt(spec, 'template')
  const labels = { ...objectAt(metadataOf(template), 'labels'), ...marks }
  const given = metadataOf(job)['labels']
  return {
    ...withMetadata(job, { labels: isObject(given) && Object.keys(given).length > 0 ? given : labels }),
    spec: { ...spec, selector: { matchLabels: controller }, template: withMetadata(template, { labels }) },
  }
}

function validateJob(job: JsonObject): readonly Cause[] {
  const spec = objectAt(objectAt(objectAt(job, 'spec'), 'template'), 'spec')
  const policy = spec['restartPolicy'] ?? ''
  return [
    ...validatePodSpec(spec, 'spec.template.spec'),
    ...(policy === 'OnFailure' || policy === 'Never'
      ? []
      : [required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"')]),
  ]
}

function validateJobUpdate(job: JsonObject, old: JsonObject): readonly Cause[] {
  const [spec, before] = [objectAt(job, 'spec'), objectAt(old, 'spec')]
  const frozen = ['completions', 'selector', 'template', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex']
  return [
    ...validateJob(job),
    ...frozen
      .filter((member) => !deepEqual(spec[member], before[member]))
      .map((member) => immutable(`spec.${member}`, spec[member] ?? null)),
  ]
}

export const cronJobStrategy: Strategy = {
  ...withStatusStrategy,
  generation: specChanged,
  defaults: (object) => ({
    ...object,
    spec: withDefaults(withJobTemplate(objectAt(object, 'spec')), {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  }),
  validate: (object) => (textOf(objectAt(object, 'spec')['schedule']) === '' ? [required('spec.schedule', '')] : []),
}

function withJobTemplate(spec: JsonObject): JsonObject {
  const jobTemplate = objectAt(spec, 'jobTemplate')
  return { ...spec, jobTemplate: { ...jobTemplate, spec: defaultTemplate(objectAt(jobTemplate, 'spec')) } }
}
