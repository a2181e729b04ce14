import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { type CrdOutcome, compileCrd } from '../crd/compile-crd.ts'
import { defaultCrd } from '../crd/default-crd.ts'
import { immutable } from '../errors/causes.ts'
import { setCondition } from '../objects/conditions.ts'
import { deepEqual, objectAt, withField, withMetadata } from '../objects/fields.ts'
import { type Strategy, specChanged, withStatusStrategy } from './strategy.ts'

/** Holds a definition that is being deleted until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

export const customResourceDefinitionStrategy: Strategy = {
  ...withStatusStrategy,
  unconditionalUpdate: false,
  generation: specChanged,
  prepareForCreate: (crd) => named(withField(crd, 'status', undefined)),
  prepareForUpdate: (crd, old) => ({ ...named(crd), status: storedVersions(crd, objectAt(old, 'status')) }),
  holdOnDelete: holdForCleanup,
  validate: judge,
  validateUpdate: (crd, old) => [...judge(crd), ...frozen(crd, old)],
}

/** Names and conversion are filled in; the conditions are for the controller. */
function named(crd: JsonObject): JsonObject {
  const filled = defaultCrd(crd)
  const status = objectAt(filled, 'status')
  return { ...filled, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, ...status } }
}

/** A version that once was the storage version stays listed: objects may still be stored in it. */
function storedVersions(crd: JsonObject, status: JsonObject): JsonObject {
  const storage = listAt(crd, 'spec', 'versions').find((version) => isObject(version) && version['storage'] === true)
  const name = textAt(storage, 'name')
  const known = listAt(status, 'storedVersions').map(String)
  return name === undefined || known.includes(name) ? status : { ...status, storedVersions: [...known, name] }
}

const compiled = new WeakMap<JsonObject, CrdOutcome>()

/** Compiles each spec once, however often it is judged and served: specs are shared from write to write. */
export function compiledDefinition(crd: JsonObject): CrdOutcome {
  const spec = objectAt(crd, 'spec')
  const known = compiled.get(spec)
  if (known !== undefined) return known
  const outcome = compileCrd(crd)
  compiled.set(spec, outcome)
  return outcome
}

function judge(crd: JsonObject): readonly Cause[] {
  const outcome = compiledDefinition(crd)
  return outcome.ok ? [] : outcome.causes
}

const once = ['group', 'scope'] as const
const onceNamed = ['plural', 'kind'] as const

function frozen(crd: JsonObject, old: JsonObject): readonly Cause[] {
  const [spec, before] = [objectAt(crd, 'spec'), objectAt(old, 'spec')]
  const [names, namesBefore] = [objectAt(spec, 'names'), objectAt(before, 'names')]
  return [
    ...once
      .filter((member) => !deepEqual(spec[member], before[member]))
      .map((member) => immutable(`spec.${member}`, spec[member] ?? null)),
    ...onceNamed
      .filter((member) => !deepEqual(names[member], namesBefore[member]))
      .map((member) => immutable(`spec.names.${member}`, names[member] ?? null)),
  ]
}

const pendingText = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon'

function holdForCleanup(crd: JsonObject, now: string): JsonObject {
  const finalizers = listAt(crd, 'metadata', 'finalizers').map(String)
  const condition = { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message: pendingText }
  const status = objectAt(crd, 'status')
  return {
    ...withMetadata(crd, {
      finalizers: finalizers.includes(cleanupFinalizer) ? finalizers : [...finalizers, cleanupFinalizer],
    }),
    status: { ...status, conditions: setCondition(status, condition, now) },
  }
}
