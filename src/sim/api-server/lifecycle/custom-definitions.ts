import { type JsonObject, listAt } from '../../../kernel/json.ts'
import type { Cause } from '../api-request.ts'
import type { CompiledCrd } from '../crd/compiled-crd.ts'
import { setCondition } from '../objects/conditions.ts'
import { deepEqual, metadataOf, objectAt, withMetadata } from '../objects/fields.ts'
import { goTime } from '../objects/times.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import type { Committed } from '../storage/change-log.ts'
import { cleanupFinalizer, compiledDefinition } from '../strategies/custom-resource-definition.ts'
import { remove } from '../verbs/delete.ts'
import type { Engine } from '../verbs/engine.ts'

const definitionsKey = 'customresourcedefinitions.apiextensions.k8s.io'

const cause: Cause = { verb: 'update', user: 'system:apiserver', subresource: 'status' }

/** Serves what CRDs define, and says so in their conditions; when they go, their objects go first. */
export function reconcileDefinitions(engine: Engine, change: Committed, resource: ResourceDescriptor): void {
  if (resource.storageKey !== definitionsKey) {
    if (change.type === 'DELETED' && resource.form.kind === 'Custom') finishDeletion(engine, resource.storageKey)
    return
  }
  if (change.type === 'DELETED') engine.registry.serve(change.key, undefined)
  else if (metadataOf(change.object)['deletionTimestamp'] === undefined) establish(engine, resource, change.key)
  else clearOut(engine, change.key)
}

function establish(engine: Engine, resource: ResourceDescriptor, name: string): void {
  const crd = engine.storage.storeOf(resource).get(name)
  const compiled = crd === undefined ? undefined : compiledDefinition(crd)
  if (crd === undefined || compiled?.ok !== true) return
  const conflict = nameConflict(engine, name, compiled.value)
  if (conflict === undefined) engine.registry.serve(name, compiled.value)
  const before = objectAt(crd, 'status')
  const now = goTime(engine.now())
  const [accepted, established] = conflict === undefined ? welcome : refusal(conflict)
  const conditions = setCondition({ conditions: setCondition(before, accepted, now) }, established, now)
  const acceptedNames =
    conflict === undefined ? objectAt(objectAt(crd, 'spec'), 'names') : objectAt(before, 'acceptedNames')
  const status = { ...before, conditions, acceptedNames }
  if (!deepEqual(before, status)) engine.storage.put(resource, { key: name, object: { ...crd, status } }, cause)
}

type Verdict = readonly [accepted: JsonObject, established: JsonObject]

const welcome: Verdict = [
  { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  },
]

const refusal = ({ reason, message }: Conflict): Verdict => [
  { type: 'NamesAccepted', status: 'False', reason, message },
  { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
]

interface Conflict {
  readonly reason: string
  readonly message: string
}

/** Whoever came first keeps the name within the group. The last of several conflicts is the one that is told. */
function nameConflict({ registry }: Engine, name: string, crd: CompiledCrd): Conflict | undefined {
  const others = registry.all.filter((each) => each.group === crd.group && each.storageKey !== name)
  const taken = new Set(others.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames]))
  const kinds = new Set(others.flatMap(({ kind, listKind }) => [kind, listKind]))
  const checks: readonly (readonly [string, string | undefined])[] = [
    ['PluralConflict', taken.has(crd.plural) ? crd.plural : undefined],
    ['SingularConflict', taken.has(crd.singular) ? crd.singular : undefined],
    ['ShortNamesConflict', crd.shortNames.find((short) => taken.has(short))],
    ['KindConflict', kinds.has(crd.kind) ? crd.kind : undefined],
    ['ListKindConflict', kinds.has(crd.listKind) ? crd.listKind : undefined],
  ]
  const [reason, value] = checks.findLast(([, conflicting]) => conflicting !== undefined) ?? []
  return reason === undefined || value === undefined
    ? undefined
    : { reason, message: `${JSON.stringify(value)} is already in use` }
}

function clearOut(engine: Engine, name: string): void {
  const served = engine.registry.all.find(({ storageKey }) => storageKey === name)
  const instances = served === undefined ? [] : engine.storage.storeOf(served).keys('').slice()
  for (const key of instances) if (served !== undefined) removeInstance(engine, served, key)
  finishDeletion(engine, name)
}

function removeInstance(engine: Engine, resource: ResourceDescriptor, key: string): void {
  const [namespace = '', name = ''] = resource.namespaced ? key.split('/') : ['', key]
  const options = {
    gracePeriodSeconds: undefined,
    uid: undefined,
    resourceVersion: undefined,
    propagation: undefined,
    dryRun: false,
  }
  if (engine.storage.storeOf(resource).get(key) !== undefined) {
    remove(engine, { resource, namespace, name }, { options, cause: { ...cause, verb: 'delete', subresource: '' } })
  }
}

/** A definition's name is the storage key of its objects. */
function finishDeletion(engine: Engine, name: string): void {
  const resource = engine.registry.resolve(definitionsKey)
  const crd = resource === undefined ? undefined : engine.storage.storeOf(resource).get(name)
  if (resource === undefined || crd === undefined || metadataOf(crd)['deletionTimestamp'] === undefined) return
  const served = engine.registry.all.find(({ storageKey }) => storageKey === name)
  if (served !== undefined && engine.storage.storeOf(served).size > 0) return
  const finalizers = listAt(crd, 'metadata', 'finalizers').map(String)
  if (!finalizers.includes(cleanupFinalizer)) return
  const others = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer)
  if (others.length === 0)
    engine.storage.remove(resource, { key: name, object: crd }, { ...cause, verb: 'delete', subresource: '' })
  else engine.storage.put(resource, { key: name, object: withMetadata(crd, { finalizers: others }) }, cause)
}
