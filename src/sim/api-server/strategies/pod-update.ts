import { isObject, type Json, type JsonObject, listAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, invalidValue } from '../errors/causes.ts'
import { deepEqual, objectAt, withField } from '../objects/fields.ts'
import { validatePodSpec } from './pod-template.ts'

/** What may change in the spec of a pod that exists: images, a shorter deadline, more tolerations, fewer scheduling gates. */
export function validatePodUpdate(pod: JsonObject, old: JsonObject): readonly Cause[] {
  const [spec, before] = [objectAt(pod, 'spec'), objectAt(old, 'spec')]
  if (deepEqual(spec, before)) return []
  const resized = ['containers', 'initContainers'].find(
    (list) => listAt(spec, list).length !== listAt(before, list).length,
  )
  const own = validatePodSpec(spec, 'spec')
  if (resized !== undefined)
    return [...own, forbiddenField(`spec.${resized}`, 'pod updates may not add or remove containers')]
  return [
    ...own,
    ...deadlineCauses(spec['activeDeadlineSeconds'], before['activeDeadlineSeconds']),
    ...tolerationCauses(spec, before),
    ...(deepEqual(withoutMutable(spec), withoutMutable(before)) ? [] : [forbiddenField('spec', immutableText)]),
  ]
}

function deadlineCauses(seconds: Json | undefined, before: Json | undefined): readonly Cause[] {
  const field = 'spec.activeDeadlineSeconds'
  if (before === undefined) return []
  if (seconds === undefined) return [invalidValue(field, null, 'must not update from a positive integer to nil value')]
  return Number(seconds) > Number(before)
    ? [invalidValue(field, seconds, 'must be less than or equal to previous value')]
    : []
}

function tolerationCauses(spec: JsonObject, before: JsonObject): readonly Cause[] {
  const now = listAt(spec, 'tolerations').filter(isObject).map(untimed)
  const kept = listAt(before, 'tolerations')
    .filter(isObject)
    .map(untimed)
    .every((each) => now.some((other) => deepEqual(other, each)))
  return kept
    ? []
    : [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}

const untimed = (toleration: JsonObject): JsonObject => withField(toleration, 'tolerationSeconds', undefined)

const mutable = ['tolerations', 'activeDeadlineSeconds', 'schedulingGates', 'containers', 'initContainers']

function withoutMutable(spec: JsonObject): JsonObject {
  const rest = Object.fromEntries(Object.entries(spec).filter(([member]) => !mutable.includes(member)))
  const withoutImages = (list: string): readonly JsonObject[] =>
    listAt(spec, list)
      .filter(isObject)
      .map((container) => withField(container, 'image', undefined))
  return { ...rest, containers: withoutImages('containers'), initContainers: withoutImages('initContainers') }
}

const immutableText =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
