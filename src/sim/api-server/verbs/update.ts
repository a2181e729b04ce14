import { type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { ApiResponse } from '../api-request.ts'
import { invalidValue } from '../errors/causes.ts'
import { badRequest, conflict, internal, invalid } from '../errors/status-error.ts'
import { deepEqual, metadataOf, sharing, withMetadata } from '../objects/fields.ts'
import { finalizerWarnings, validateMetadata, validateMetadataUpdate } from '../objects/metadata-rules.ts'
import { present, presentUnstored } from '../resources/presentation.ts'
import { answer } from './answer.ts'
import { create, judgedAs, type WriteContext } from './create.ts'
import { type Engine, existing, keyOf, storedAt, type Target } from './engine.ts'
import type { Decoded } from './read-body.ts'

export interface Update {
  readonly decoded: Decoded
  readonly context: WriteContext
  /** The empty one, or `status`. */
  readonly subresource: string
}

/** A PUT: the whole object as the client wants it. Throws StatusError. */
export function update(engine: Engine, target: Target, change: Update): ApiResponse {
  const { resource } = target
  const { decoded, context, subresource } = change
  checkName(target, decoded.object)
  if (storedAt(engine, target) === undefined && resource.strategy.createOnUpdate && subresource === '') {
    checkUid(target, decoded.object, {})
    const unversioned = withMetadata(decoded.object, { resourceVersion: undefined })
    return create(engine, target, { decoded: { ...decoded, object: unversioned }, context })
  }
  const old = existing(engine, target)
  checkUid(target, decoded.object, old)
  return replace(engine, target, { ...change, old })
}

/** The common end of PUT and PATCH: `decoded` takes the place of `old`, as far as the endpoint and the rules let it. */
export function replace(engine: Engine, target: Target, change: Update & { readonly old: JsonObject }): ApiResponse {
  const { resource } = target
  const { decoded, context, old } = change
  checkVersion(target, decoded.object, old)
  const object = sharing(prepared(target, change), old)
  const causes = [
    ...validateMetadataUpdate(object, old),
    ...(deepEqual(object['metadata'], old['metadata']) ? [] : validateMetadata(object, resource.strategy)),
    ...(change.subresource === 'status'
      ? resource.strategy.validateStatusUpdate(object, old)
      : resource.strategy.validateUpdate(object, old)),
  ]
  if (causes.length > 0) throw invalid(judgedAs(resource), target.name, causes)
  if (deepEqual(object, old)) return answer(200, present(resource, old), decoded.warnings)
  const warnings = [...decoded.warnings, ...finalizerWarnings(object, old, resource.strategy)]
  if (context.dryRun) return answer(200, presentUnstored(resource, object), warnings)
  if (lostItsLastFinalizer(object, old, resource.storageKey === 'namespaces')) {
    engine.storage.remove(resource, { key: keyOf(target), object: old }, context.cause)
    return answer(200, presentUnstored(resource, object), warnings)
  }
  return answer(
    200,
    present(resource, engine.storage.put(resource, { key: keyOf(target), object }, context.cause)),
    warnings,
  )
}

export function checkName({ resource, namespace, name }: Target, object: JsonObject): void {
  const given = textAt(object, 'metadata', 'name') ?? ''
  if (given === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (given !== name) throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  const place = textAt(object, 'metadata', 'namespace') ?? ''
  if (resource.namespaced && place !== '' && place !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function checkUid(target: Target, object: JsonObject, old: JsonObject): void {
  const [given, actual] = [textAt(object, 'metadata', 'uid') ?? '', textAt(old, 'metadata', 'uid') ?? '']
  if (given === '' || given === actual) return
  const path = `/registry/${target.resource.plural === 'nodes' ? 'minions' : target.resource.plural}/${keyOf(target)}`
  const why = `Precondition failed: UID in precondition: ${given}, UID in object meta: ${actual}`
  throw conflict(
    target.resource,
    target.name,
    `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  )
}

function checkVersion({ resource, name }: Target, object: JsonObject, old: JsonObject): void {
  const given = textAt(object, 'metadata', 'resourceVersion') ?? ''
  if (given !== '' && !/^\d+$/.test(given))
    throw internal(`strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`)
  if (given === '' || given === '0') {
    if (resource.strategy.unconditionalUpdate) return
    // The real server speaks of the resource where it otherwise speaks of the kind.
    const cause = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')
    throw invalid({ group: resource.group, kind: resource.plural }, name, [cause])
  }
  if (given !== textAt(old, 'metadata', 'resourceVersion')) throw conflict(resource, name)
}

/** What the client may leave out. */
const keptWhereLeftOut = (metadata: JsonObject, before: JsonObject): JsonObject => ({
  uid: metadata['uid'] ?? before['uid'],
  deletionTimestamp: metadata['deletionTimestamp'] ?? before['deletionTimestamp'],
  deletionGracePeriodSeconds: metadata['deletionGracePeriodSeconds'] ?? before['deletionGracePeriodSeconds'],
  namespace: metadata['namespace'] ?? before['namespace'],
})

function prepared(
  { resource: { strategy } }: Target,
  { decoded, old, subresource }: Update & { readonly old: JsonObject },
): JsonObject {
  const [metadata, before] = [metadataOf(decoded.object), metadataOf(old)]
  const kept = keptWhereLeftOut(metadata, before)
  const { generation, resourceVersion, creationTimestamp } = before
  const object = withMetadata(decoded.object, { ...kept, creationTimestamp, generation, resourceVersion })
  if (subresource === 'status') return strategy.prepareForStatusUpdate(object, old)
  const ready = strategy.prepareForUpdate(object, old)
  if (strategy.generation?.(ready, old) !== true) return ready
  return withMetadata(ready, { generation: Number(generation ?? 0) + 1 })
}

/** Nothing holds an object that is being deleted any more, and its grace is over. Namespaces have finalizers in two places. */
function lostItsLastFinalizer(object: JsonObject, old: JsonObject, isNamespace: boolean): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadataOf(old)
  const held =
    listAt(object, 'metadata', 'finalizers').length > 0 ||
    (isNamespace && listAt(object, 'spec', 'finalizers').length > 0)
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0 && !held
}
