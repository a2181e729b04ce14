import { isObject, type Json, type JsonObject, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, immutable, invalidValue, notSupported, required } from '../errors/causes.ts'
import { deepEqual, metadataOf, objectAt, withDefaults, withField, withMetadata } from '../objects/fields.ts'
import { selectorMatches } from '../selection/object-selector.ts'
import { defaultTemplate, validatePodSpec } from './pod-template.ts'
import { type Strategy, specChanged, withStatusStrategy } from './strategy.ts'

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
