import { isObject, type Json, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, immutable, invalidValue, notSupported, required } from '../errors/causes.ts'
import { deepEqual, metadataOf, objectAt, withDefaults, withField, withMetadata } from '../objects/fields.ts'
import { selectorMatches } from '../selection/object-selector.ts'
import { defaultPodSpec, validatePodSpec } from './pod-template.ts'
import { type Strategy, specChanged, withStatusStrategy } from './strategy.ts'

function defaultTemplate(spec: JsonObject): JsonObject {
  const template = objectAt(spec, 'template')
  return { ...spec, template: { ...template, spec: defaultPodSpec(objectAt(template, 'spec')) } }
}

/** `family` is the word that error texts use, `deployment` for replica sets too. */
const workload = (defaults: (spec: JsonObject) => JsonObject, family = 'deployment'): Strategy => ({
  ...withStatusStrategy,
  generation: specChanged,
  defaults: (object) => ({ ...object, spec: defaults(defaultTemplate(objectAt(object, 'spec'))) }),
  validate: (object) => validateWorkload(object, family),
  validateUpdate: (object, old) => [...validateWorkload(object, family), ...sameSelector(object, old)],
})

const quarter = { maxUnavailable: '25%', maxSurge: '25%' }

export const deploymentStrategy: Strategy = {
  ...workload((spec) => ({
    ...withDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    strategy: rolling(objectAt(spec, 'strategy'), quarter),
  })),
  generation: (object, old) =>
    specChanged(object, old) || !deepEqual(metadataOf(object)['annotations'], metadataOf(old)['annotations']),
  prepareForStatusUpdate: (object, old) => ({
    ...withMetadata(object, { labels: metadataOf(old)['labels'] }),
    spec: objectAt(old, 'spec'),
  }),
}

export const replicaSetStrategy: Strategy = workload((spec) => withDefaults(spec, { replicas: 1 }))

export const daemonSetStrategy: Strategy = {
  ...workload(
    (spec) => ({
      ...withDefaults(spec, { revisionHistoryLimit: 10 }),
      updateStrategy: rolling(objectAt(spec, 'updateStrategy'), { maxUnavailable: 1, maxSurge: 0 }),
    }),
    'daemonset',
  ),
  prepareForCreate: (object) => templateGeneration(withField(object, 'status', undefined), 1),
  validateUpdate: (object, old) => {
    const changed = sameSelector(object, old)
    return [
      ...changed,
      ...validateWorkload(object, 'daemonset').filter(({ field }) => changed.length === 0 || field !== 'spec.selector'),
    ]
  },
  prepareForUpdate: (object, old) => {
    const kept = Number(textAt(old, 'metadata', 'annotations', templateGenerationKey) ?? 1)
    const changed = !deepEqual(objectAt(object, 'spec')['template'], objectAt(old, 'spec')['template'])
    return templateGeneration(withField(object, 'status', old['status']), changed ? kept + 1 : kept)
  },
}

const templateGenerationKey = 'deprecated.daemonset.template.generation'

const templateGeneration = (object: JsonObject, generation: number): JsonObject =>
  withMetadata(object, {
    annotations: { ...objectAt(metadataOf(object), 'annotations'), [templateGenerationKey]: String(generation) },
  })

export const statefulSetStrategy: Strategy = {
  ...workload(
    (spec) => ({
      ...withDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' }),
      updateStrategy: rolling(objectAt(spec, 'updateStrategy'), { partition: 0 }),
      persistentVolumeClaimRetentionPolicy: withDefaults(objectAt(spec, 'persistentVolumeClaimRetentionPolicy'), {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
      }),
    }),
    'statefulset',
  ),
  validateUpdate: (object, old) => [...validateWorkload(object, 'statefulset'), ...onlyMutableChanged(object, old)],
}

const mutableInStatefulSet = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

function onlyMutableChanged(object: JsonObject, old: JsonObject): readonly Cause[] {
  const frozen = (spec: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(spec).filter(([member]) => !mutableInStatefulSet.includes(member)))
  if (deepEqual(frozen(objectAt(object, 'spec')), frozen(objectAt(old, 'spec')))) return []
  const [last = '', ...others] = mutableInStatefulSet.map((member) => `'${member}'`).toReversed()
  const list = `${others.toReversed().join(', ')} and ${last}`
  return [forbiddenField('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)]
}

function rolling(strategy: JsonObject, defaults: JsonObject): JsonObject {
  const typed = withDefaults(strategy, { type: 'RollingUpdate' })
  if (typed['type'] !== 'RollingUpdate') return typed
  return { ...typed, rollingUpdate: withDefaults(objectAt(strategy, 'rollingUpdate'), defaults) }
}

function validateWorkload(object: JsonObject, family: string): readonly Cause[] {
  const spec = objectAt(object, 'spec')
  const template = objectAt(spec, 'template')
  return [
    ...selectorCauses(spec['selector'], family),
    ...templateLabelCauses(spec['selector'], metadataOf(template)['labels']),
    ...validatePodSpec(objectAt(template, 'spec'), 'spec.template.spec'),
    ...restartsAlways(objectAt(template, 'spec')),
  ]
}

const isEmpty = (selector: JsonObject): boolean => Object.keys(selector).length === 0

function selectorCauses(selector: Json | undefined, family: string): readonly Cause[] {
  if (!isObject(selector)) return [required('spec.selector', '')]
  return isEmpty(selector) ? [invalidValue('spec.selector', selector, `empty selector is invalid for ${family}`)] : []
}

/** An empty selector fits every label: it was found wrong already. */
function templateLabelCauses(selector: Json | undefined, labels: Json | undefined): readonly Cause[] {
  if (isObject(selector) && (isEmpty(selector) || selectorMatches(selector, isObject(labels) ? labels : {}))) return []
  return [invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]
}

const restartsAlways = (spec: JsonObject): readonly Cause[] =>
  spec['restartPolicy'] === 'Always'
    ? []
    : [notSupported('spec.template.spec.restartPolicy', spec['restartPolicy'] ?? '', ['Always'])]

const sameSelector = (object: JsonObject, old: JsonObject): readonly Cause[] => {
  const selector = objectAt(object, 'spec')['selector'] ?? null
  return deepEqual(selector, objectAt(old, 'spec')['selector'] ?? null) ? [] : [immutable('spec.selector', selector)]
}

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
      : [
          {
            ...required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'),
          },
        ]),
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
  validate: (object) =>
    listAt(object, 'spec', 'schedule').length === 0 && !textAt(object, 'spec', 'schedule')
      ? [required('spec.schedule', '')]
      : [],
}

function withJobTemplate(spec: JsonObject): JsonObject {
  const jobTemplate = objectAt(spec, 'jobTemplate')
  return { ...spec, jobTemplate: { ...jobTemplate, spec: defaultTemplate(objectAt(jobTemplate, 'spec')) } }
}
