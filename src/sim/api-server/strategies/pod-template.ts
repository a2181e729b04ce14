import { isObject, type Json, type JsonObject, listAt, numberAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { invalidValue, notSupported, required, shown } from '../errors/causes.ts'
import { objectAt, textOf, withDefaults } from '../objects/fields.ts'
import { nameProblems } from '../objects/names.ts'

/** Go's SetDefaults for a pod spec, alone or in a template. */
export function defaultPodSpec(spec: JsonObject): JsonObject {
  const filled = withDefaults(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  })
  return {
    ...filled,
    ...(Number(filled['terminationGracePeriodSeconds']) < 0 ? { terminationGracePeriodSeconds: 1 } : {}),
    containers: listAt(spec, 'containers').filter(isObject).map(defaultContainer),
    ...listed(spec, 'initContainers', defaultContainer),
    ...listed(spec, 'volumes', defaultVolume),
    ...(typeof spec['serviceAccountName'] === 'string' ? { serviceAccount: spec['serviceAccountName'] } : {}),
  }
}

/** The spec of a workload, with the pod template in it. */
export function defaultTemplate(spec: JsonObject): JsonObject {
  const template = objectAt(spec, 'template')
  return { ...spec, template: { ...template, spec: defaultPodSpec(objectAt(template, 'spec')) } }
}

/** Applies to each member of a list that is there. */
export const listed = (spec: JsonObject, name: string, each: (member: JsonObject) => JsonObject): JsonObject =>
  spec[name] === undefined ? {} : { [name]: listAt(spec, name).filter(isObject).map(each) }

function defaultContainer(container: JsonObject): JsonObject {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = container[name]
    return isObject(probe) ? [[name, defaultProbe(probe)] as const] : []
  })
  return {
    ...withDefaults(container, {
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: pullsAlways(container['image']) ? 'Always' : 'IfNotPresent',
    }),
    ...listed(container, 'ports', (port) => withDefaults(port, { protocol: 'TCP' })),
    ...listed(container, 'env', defaultEnv),
    ...Object.fromEntries(probes),
  }
}

const defaultProbe = (probe: JsonObject): JsonObject => ({
  ...withDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  ...(isObject(probe['httpGet']) ? { httpGet: withDefaults(probe['httpGet'], { path: '/', scheme: 'HTTP' }) } : {}),
})

function defaultEnv(env: JsonObject): JsonObject {
  const fieldRef = objectAt(objectAt(env, 'valueFrom'), 'fieldRef')
  if (fieldRef['fieldPath'] === undefined) return env
  return {
    ...env,
    valueFrom: { ...objectAt(env, 'valueFrom'), fieldRef: withDefaults(fieldRef, { apiVersion: 'v1' }) },
  }
}

function pullsAlways(image: Json | undefined): boolean {
  const [, tag] = /:([^:/@]+)$/.exec(textOf(image)) ?? []
  return !textOf(image).includes('@') && (tag === undefined || tag === 'latest')
}

const defaultModes: Readonly<Record<string, JsonObject>> = {
  secret: { defaultMode: 420 },
  configMap: { defaultMode: 420 },
  projected: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  hostPath: { type: '' },
}

function defaultVolume(volume: JsonObject): JsonObject {
  const sources = Object.entries(defaultModes).flatMap(([source, defaults]) => {
    const given = volume[source]
    return isObject(given) ? [[source, withDefaults(given, defaults)] as const] : []
  })
  const isBare = Object.keys(volume).every((key) => key === 'name')
  return { ...volume, ...Object.fromEntries(sources), ...(isBare ? { emptyDir: {} } : {}) }
}

const restartPolicies = ['Always', 'OnFailure', 'Never']

/** The part of the pod validation that clients and actors run into. */
export function validatePodSpec(spec: JsonObject, field: string): readonly Cause[] {
  const containers = listAt(spec, 'containers').filter(isObject)
  const volumes = new Set(listAt(spec, 'volumes').map((volume) => (isObject(volume) ? volume['name'] : undefined)))
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`, '')] : []),
    ...repeatedNames(containers, `${field}.containers`),
    ...containers.flatMap((container, index) => validateContainer(container, `${field}.containers[${index}]`, volumes)),
    ...(restartPolicies.includes(textOf(spec['restartPolicy']))
      ? []
      : [notSupported(`${field}.restartPolicy`, spec['restartPolicy'] ?? '', restartPolicies)]),
    ...deadlineCauses(spec['activeDeadlineSeconds'], `${field}.activeDeadlineSeconds`),
  ]
}

const deadlineCauses = (seconds: Json | undefined, field: string): readonly Cause[] =>
  typeof seconds === 'number' && seconds < 1
    ? [invalidValue(field, seconds, 'must be between 1 and 2147483647, inclusive')]
    : []

const pullPolicies = ['Always', 'IfNotPresent', 'Never']

function imageCauses(container: JsonObject, field: string): readonly Cause[] {
  const [image, policy] = [textOf(container['image']), textOf(container['imagePullPolicy'])]
  return [
    ...(image === '' ? [required(`${field}.image`, '')] : []),
    ...(image.trim() === image
      ? []
      : [invalidValue(`${field}.image`, image, 'must not have leading or trailing whitespace')]),
    ...(pullPolicies.includes(policy) ? [] : [notSupported(`${field}.imagePullPolicy`, policy, pullPolicies)]),
  ]
}

function portCauses(container: JsonObject, field: string): readonly Cause[] {
  return listAt(container, 'ports').flatMap((port, index) => {
    const number = numberAt(port, 'containerPort') ?? 0
    const place = `${field}.ports[${index}].containerPort`
    if (number === 0) return [required(place, '')]
    return number > 0 && number < 65_536 ? [] : [invalidValue(place, number, 'must be between 1 and 65535, inclusive')]
  })
}

function repeatedNames(containers: readonly JsonObject[], field: string): readonly Cause[] {
  const names = containers.map(({ name }) => name)
  return names.flatMap((name, index) => {
    if (name === undefined || name === '' || names.indexOf(name) === index) return []
    return [
      { field: `${field}[${index}].name`, reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown(name)}` },
    ]
  })
}

function validateContainer(
  container: JsonObject,
  field: string,
  volumes: ReadonlySet<Json | undefined>,
): readonly Cause[] {
  const name = container['name']
  const mounts = listAt(container, 'volumeMounts').filter(isObject)
  return [
    ...(typeof name !== 'string' || name === ''
      ? [required(`${field}.name`, '')]
      : nameProblems('Label', name).map((problem) => invalidValue(`${field}.name`, name, problem))),
    ...imageCauses(container, field),
    ...portCauses(container, field),
    ...mounts.flatMap((mount, index) =>
      volumes.has(mount['name'])
        ? []
        : [
            {
              field: `${field}.volumeMounts[${index}].name`,
              reason: 'FieldValueNotFound' as const,
              message: `Not found: ${JSON.stringify(mount['name'] ?? '')}`,
            },
          ],
    ),
  ]
}
