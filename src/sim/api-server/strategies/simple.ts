import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import { hashText } from '../../../kernel/prng.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, immutable, invalidValue, required } from '../errors/causes.ts'
import { deepEqual, objectAt, textOf, withDefaults, withField } from '../objects/fields.ts'
import { plainStrategy, type Strategy, specChanged, withStatusStrategy } from './strategy.ts'

export const leaseStrategy: Strategy = {
  ...plainStrategy,
  createOnUpdate: true,
  unconditionalUpdate: false,
  validate: validateLease,
  validateUpdate: validateLease,
}

function validateLease(lease: JsonObject): readonly Cause[] {
  const duration = numberAt(lease, 'spec', 'leaseDurationSeconds')
  const transitions = numberAt(lease, 'spec', 'leaseTransitions')
  return [
    ...(duration !== undefined && duration <= 0
      ? [invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
      : []),
    ...(transitions !== undefined && transitions < 0
      ? [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
      : []),
  ]
}

const sealed = (object: JsonObject, old: JsonObject): readonly Cause[] => {
  if (old['immutable'] !== true) return []
  const contents = ['data', 'binaryData'].filter((member) => !deepEqual(object[member], old[member]))
  return [
    ...(object['immutable'] === true
      ? []
      : [forbiddenField('immutable', 'field is immutable when `immutable` is set')]),
    ...contents.map((member) => forbiddenField(member, 'field is immutable when `immutable` is set')),
  ]
}

const configKey = /^[-._a-zA-Z0-9]+$/
const configKeyText =
  `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or ` +
  `'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`

const keyCauses = (object: JsonObject): readonly Cause[] =>
  ['data', 'binaryData'].flatMap((member) =>
    Object.keys(objectAt(object, member))
      .filter((key) => !configKey.test(key))
      .map((key) => invalidValue(`${member}[${key}]`, key, configKeyText)),
  )

const doubledKeys = (object: JsonObject): readonly Cause[] =>
  Object.keys(objectAt(object, 'data'))
    .filter((key) => Object.hasOwn(objectAt(object, 'binaryData'), key))
    .map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'))

export const configMapStrategy: Strategy = {
  ...plainStrategy,
  validate: (object) => [...keyCauses(object), ...doubledKeys(object)],
  validateUpdate: (object, old) => [...keyCauses(object), ...doubledKeys(object), ...sealed(object, old)],
}

export const secretStrategy: Strategy = {
  ...plainStrategy,
  defaults: (secret) => withDefaults(encodeStrings(secret), { type: 'Opaque' }),
  validate: keyCauses,
  validateUpdate: (secret, old) => [
    ...keyCauses(secret),
    ...(secret['type'] === old['type'] ? [] : [immutable('type', secret['type'] ?? '')]),
    ...sealed(secret, old),
  ],
}

/** `stringData` is write-only: it ends up in `data`. */
function encodeStrings(secret: JsonObject): JsonObject {
  const { stringData } = secret
  if (!isObject(stringData)) return secret
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encodeBase64(textOf(value))] as const)
  return {
    ...withField(secret, 'stringData', undefined),
    data: { ...objectAt(secret, 'data'), ...Object.fromEntries(encoded) },
  }
}

const encodeBase64 = (text: string): string => btoa(String.fromCodePoint(...new TextEncoder().encode(text)))

export const serviceStrategy: Strategy = {
  ...withStatusStrategy,
  createOnUpdate: true,
  returnsDeleted: true,
  defaults: (service) => ({ ...service, spec: defaultService(objectAt(service, 'spec')) }),
  prepareForCreate: (service) => ({
    ...service,
    spec: withNodePorts(withClusterIP(service), textAt(service, 'metadata', 'uid') ?? ''),
    status: { loadBalancer: {} },
  }),
  validate: (service) => {
    const spec = objectAt(service, 'spec')
    const needsPorts = spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None'
    return needsPorts && listAt(spec, 'ports').length === 0 ? [required('spec.ports', '')] : []
  },
}

function defaultService(spec: JsonObject): JsonObject {
  const ports = listAt(spec, 'ports')
    .filter(isObject)
    .map((port) => withDefaults(port, { protocol: 'TCP', targetPort: port['port'] }))
  const filled = withDefaults(spec, { type: 'ClusterIP', sessionAffinity: 'None' })
  return ports.length === 0 ? filled : { ...filled, ports }
}

/** Nothing routes in this cluster: the address only has to look like one, and to stay. */
function withClusterIP(service: JsonObject): JsonObject {
  const spec = objectAt(service, 'spec')
  if (spec['type'] === 'ExternalName') return spec
  const hash = hashText(textAt(service, 'metadata', 'uid') ?? '', 0)
  const clusterIP = textAt(spec, 'clusterIP') ?? `10.0.${(hash >>> 8) & 255}.${(hash & 253) + 1}`
  return {
    ...withDefaults(spec, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' }),
    clusterIP,
    clusterIPs: [clusterIP],
  }
}

function withNodePorts(spec: JsonObject, uid: string): JsonObject {
  if (spec['type'] !== 'NodePort' && spec['type'] !== 'LoadBalancer') return spec
  const ports = listAt(spec, 'ports')
    .filter(isObject)
    .map((port, index) => withDefaults(port, { nodePort: 30_000 + (hashText(uid, index) % 2_768) }))
  return { ...withDefaults(spec, { externalTrafficPolicy: 'Cluster' }), ports }
}

export const priorityClassStrategy: Strategy = {
  ...plainStrategy,
  generation: () => false,
  defaults: (object) => withDefaults(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  validateUpdate: (object, old) => [
    ...(object['value'] === old['value'] ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
    ...(object['preemptionPolicy'] === old['preemptionPolicy']
      ? []
      : [invalidValue('preemptionPolicy', object['preemptionPolicy'] ?? null, 'field is immutable')]),
  ],
}

export const volumeAttachmentStrategy: Strategy = {
  ...withStatusStrategy,
  unconditionalUpdate: false,
  returnsDeleted: true,
  prepareForCreate: (object) => ({ ...object, status: { attached: false } }),
  validateUpdate: (object, old) =>
    specChanged(object, old) ? [immutable('spec', goAttachment(objectAt(object, 'spec')))] : [],
}

/** As Go names the members of its internal type in the error text. */
const goAttachment = (spec: JsonObject): JsonObject => ({
  Attacher: spec['attacher'] ?? '',
  Source: {
    PersistentVolumeName: objectAt(spec, 'source')['persistentVolumeName'] ?? null,
    InlineVolumeSpec: objectAt(spec, 'source')['inlineVolumeSpec'] ?? null,
  },
  NodeName: spec['nodeName'] ?? '',
})

export const volumeClaimStrategy: Strategy = {
  ...withStatusStrategy,
  returnsDeleted: true,
  defaults: (claim) => ({ ...claim, spec: withDefaults(objectAt(claim, 'spec'), { volumeMode: 'Filesystem' }) }),
  prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
}

export const volumeStrategy: Strategy = {
  ...withStatusStrategy,
  returnsDeleted: true,
  defaults: (volume) => ({
    ...volume,
    spec: withDefaults(objectAt(volume, 'spec'), { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  }),
  prepareForCreate: (volume) => ({ ...volume, status: { phase: 'Pending' } }),
}
