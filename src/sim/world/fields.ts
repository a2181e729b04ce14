import { at, isObject, type JsonObject, listAt, textAt, textMapAt } from '../../kernel/json.ts'
import { type Instant, rfc3339 } from '../../kernel/time.ts'
import type { ObjectRef } from '../api-server/world-client.ts'
import type { PodIdentity } from './events.ts'

/** The fields of stored objects that several actors read. */

export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name') ?? ''

export const namespaceOf = (object: JsonObject): string => textAt(object, 'metadata', 'namespace') ?? ''

export const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid') ?? ''

export const labelsOf = (object: JsonObject): Readonly<Record<string, string>> =>
  textMapAt(object, 'metadata', 'labels')

export const annotationsOf = (object: JsonObject): Readonly<Record<string, string>> =>
  textMapAt(object, 'metadata', 'annotations')

export const finalizersOf = (object: JsonObject): readonly string[] =>
  listAt(object, 'metadata', 'finalizers').filter((name) => typeof name === 'string')

/** `namespace/name`, or the name alone where there is no namespace. */
export const keyOf = (object: JsonObject): string =>
  namespaceOf(object) === '' ? nameOf(object) : `${namespaceOf(object)}/${nameOf(object)}`

export const refOf = (object: JsonObject): ObjectRef => ({
  ...(namespaceOf(object) === '' ? {} : { namespace: namespaceOf(object) }),
  name: nameOf(object),
})

export function refFromKey(key: string): ObjectRef {
  const [namespace = '', name] = key.split('/')
  return name === undefined ? { name: namespace } : { namespace, name }
}

export const isTerminating = (object: JsonObject): boolean =>
  textAt(object, 'metadata', 'deletionTimestamp') !== undefined

export const ownersOf = (object: JsonObject): readonly JsonObject[] =>
  listAt(object, 'metadata', 'ownerReferences').filter(isObject)

export interface Controller {
  readonly kind: string
  readonly name: string
  readonly uid: string
}

export function controllerOf(object: JsonObject): Controller | undefined {
  const owner = ownersOf(object).find((reference) => reference['controller'] === true)
  if (owner === undefined) return undefined
  return { kind: textAt(owner, 'kind') ?? '', name: textAt(owner, 'name') ?? '', uid: textAt(owner, 'uid') ?? '' }
}

export const ownerReference = (apiVersion: string, kind: string, owner: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  name: nameOf(owner),
  uid: uidOf(owner),
  controller: true,
  blockOwnerDeletion: true,
})

export const conditionOf = (object: JsonObject, type: string): JsonObject | undefined =>
  listAt(object, 'status', 'conditions')
    .filter(isObject)
    .find((condition) => condition['type'] === type)

/** Nobody has said anything: Unknown. */
export const conditionStatus = (object: JsonObject, type: string): string =>
  textAt(conditionOf(object, type), 'status') ?? 'Unknown'

export const isReady = (object: JsonObject): boolean => conditionStatus(object, 'Ready') === 'True'

export const nodeNameOf = (pod: JsonObject): string => textAt(pod, 'spec', 'nodeName') ?? ''

export const phaseOf = (pod: JsonObject): string => textAt(pod, 'status', 'phase') ?? ''

export const isFinished = (pod: JsonObject): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed'

/** Neither finished nor on its way out. */
export const isActive = (pod: JsonObject): boolean => !isFinished(pod) && !isTerminating(pod)

export const podIdentity = (pod: JsonObject): PodIdentity => ({
  namespace: namespaceOf(pod),
  name: nameOf(pod),
  uid: uidOf(pod),
})

export const taintsOf = (node: JsonObject): readonly JsonObject[] => listAt(node, 'spec', 'taints').filter(isObject)

export const isUnschedulable = (node: JsonObject): boolean => at(node, 'spec', 'unschedulable') === true

/** Built-in kinds keep times in whole seconds (`metav1.Time`). */
export const kubeTime = (when: Instant): string => rfc3339(when).replace(/\.\d+Z$/, 'Z')
