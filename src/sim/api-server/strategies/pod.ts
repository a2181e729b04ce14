import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import { forbidden } from '../errors/status-error.ts'
import { objectAt, withDefaults, withField } from '../objects/fields.ts'
import { defaultPodSpec, listed, validatePodSpec } from './pod-template.ts'
import { validatePodUpdate } from './pod-update.ts'
import { qosClassOf } from './qos-class.ts'
import { type Strategy, type StrategyContext, specChanged, withStatusStrategy } from './strategy.ts'

export const podStrategy: Strategy = {
  ...withStatusStrategy,
  returnsDeleted: true,
  generation: specChanged,
  defaults: (pod) => ({
    ...pod,
    spec: requestingLimits(withDefaults(defaultPodSpec(objectAt(pod, 'spec')), { enableServiceLinks: true })),
  }),
  prepareForCreate: (pod, context) => ({
    ...pod,
    spec: tolerateBriefOutages(prioritised(pod, context)),
    status: { phase: 'Pending', qosClass: qosClassOf(pod) },
  }),
  prepareForUpdate: (pod, old) => ({
    ...withField(pod, 'status', old['status']),
    spec: tolerateBriefOutages(objectAt(pod, 'spec')),
  }),
  prepareForStatusUpdate: keepWhatStatusMayNotTouch,
  validate: (pod) => validatePodSpec(objectAt(pod, 'spec'), 'spec'),
  validateUpdate: validatePodUpdate,
  gracePeriod: gracePeriodOf,
}

/** In a pod, not in a template, what is limited is requested. */
const requestingLimits = (spec: JsonObject): JsonObject => ({
  ...spec,
  ...listed(spec, 'containers', withRequests),
  ...listed(spec, 'initContainers', withRequests),
})

function withRequests(container: JsonObject): JsonObject {
  const resources = objectAt(container, 'resources')
  const limits = objectAt(resources, 'limits')
  if (Object.keys(limits).length === 0) return container
  return { ...container, resources: { ...resources, requests: withDefaults(objectAt(resources, 'requests'), limits) } }
}

/** The priority admission plugin. */
function prioritised(pod: JsonObject, context: StrategyContext): JsonObject {
  const spec = objectAt(pod, 'spec')
  const name = textAt(spec, 'priorityClassName') ?? ''
  if (name === '') return withDefaults(spec, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' })
  const found = context.find('priorityclasses.scheduling.k8s.io', name)
  if (found === undefined) {
    throw forbidden(
      { group: '', plural: 'pods', kind: 'Pod' },
      textAt(pod, 'metadata', 'name') ?? '',
      `no PriorityClass with name ${name} was found`,
    )
  }
  const preemptionPolicy = textAt(found, 'preemptionPolicy') ?? 'PreemptLowerPriority'
  return { ...spec, priority: numberAt(found, 'value') ?? 0, preemptionPolicy }
}

const briefOutages = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** The DefaultTolerationSeconds admission plugin: five minutes on a node that is gone. */
function tolerateBriefOutages(spec: JsonObject): JsonObject {
  const given = listAt(spec, 'tolerations').filter(isObject)
  const missing = briefOutages.filter((key) => !given.some((toleration) => tolerates(toleration, key)))
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return added.length === 0 ? spec : { ...spec, tolerations: [...given, ...added] }
}

function tolerates(toleration: JsonObject, taint: string): boolean {
  const key = textAt(toleration, 'key') ?? ''
  const effect = textAt(toleration, 'effect') ?? ''
  return (key === taint || key === '') && (effect === 'NoExecute' || effect === '')
}

function keepWhatStatusMayNotTouch(pod: JsonObject, old: JsonObject): JsonObject {
  const [metadata, before] = [objectAt(pod, 'metadata'), objectAt(old, 'metadata')]
  const qosClass = objectAt(pod, 'status')['qosClass'] ?? objectAt(old, 'status')['qosClass']
  return {
    ...pod,
    metadata: withField(metadata, 'ownerReferences', before['ownerReferences']),
    spec: objectAt(old, 'spec'),
    status: { ...withAddresses(objectAt(pod, 'status')), ...(qosClass === undefined ? {} : { qosClass }) },
  }
}

/** The older field and the newer list say the same. */
const withAddresses = (status: JsonObject): JsonObject => {
  const { podIP } = status
  return podIP === undefined || listAt(status, 'podIPs').length > 0 ? status : { ...status, podIPs: [{ ip: podIP }] }
}

/** Nobody needs time to stop a pod that runs nowhere. */
function gracePeriodOf(pod: JsonObject, requested: number | undefined): number {
  const phase = textAt(pod, 'status', 'phase')
  if ((textAt(pod, 'spec', 'nodeName') ?? '') === '' || phase === 'Failed' || phase === 'Succeeded') return 0
  const seconds = requested ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 0
  return seconds < 0 ? 1 : seconds
}
