import { type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import { later, parseTime, seconds } from '../../../kernel/time.ts'
import type { ApiResponse, Cause } from '../api-request.ts'
import { conflict, forbidden } from '../errors/status-error.ts'
import { deepEqual, metadataOf, objectAt, withMetadata } from '../objects/fields.ts'
import { goTime } from '../objects/times.ts'
import type { DeleteOptions, Propagation } from '../requests/options.ts'
import { present, presentUnstored } from '../resources/presentation.ts'
import { answer, success } from './answer.ts'
import { type Engine, existing, keyOf, type Target } from './engine.ts'

export interface Deletion {
  readonly options: DeleteOptions
  readonly cause: Cause
}

/** Throws StatusError. */
export function remove(engine: Engine, target: Target, { options, cause }: Deletion): ApiResponse {
  const { resource } = target
  const object = existing(engine, target)
  checkPreconditions(target, object, options)
  refuseProtected(target)
  const { marked, final } = mark(engine, target, { object, options })
  if (options.dryRun) return final ? gone(target, marked) : answer(200, presentUnstored(resource, marked))
  const warnings = leavesPods(target, object, options) ? [orphanedPodsText] : []
  const unchanged = deepEqual(marked, object)
  const kept = unchanged ? object : engine.storage.put(resource, { key: keyOf(target), object: marked }, cause)
  if (!final) return answer(200, present(resource, kept), warnings)
  return gone(target, engine.storage.remove(resource, { key: keyOf(target), object: kept }, cause))
}

function gone({ resource, name }: Target, last: JsonObject): ApiResponse {
  if (resource.strategy.returnsDeleted) return answer(200, present(resource, last))
  const { group, plural } = resource
  return success(200, {
    name,
    ...(group === '' ? {} : { group }),
    kind: plural,
    uid: textAt(last, 'metadata', 'uid') ?? '',
  })
}

/** The texts name the kind where others name the resource. */
export function checkPreconditions(
  { resource, name }: Target,
  object: JsonObject,
  { uid, resourceVersion }: Pick<DeleteOptions, 'uid' | 'resourceVersion'>,
): void {
  const subject = { ...resource, plural: resource.kind }
  const [actualUid, actualVersion] = [
    textAt(object, 'metadata', 'uid') ?? '',
    textAt(object, 'metadata', 'resourceVersion') ?? '',
  ]
  if (uid !== undefined && uid !== actualUid) {
    const why =
      `the UID in the precondition (${uid}) does not match the UID in record (${actualUid}). The object might ` +
      `have been deleted and then recreated`
    throw conflict(subject, name, why)
  }
  if (resourceVersion === undefined || resourceVersion === actualVersion) return
  const why =
    `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in ` +
    `record (${actualVersion}). The object might have been modified`
  throw conflict(subject, name, why)
}

const permanentNamespaces = ['default', 'kube-system', 'kube-public']

function refuseProtected({ resource, name }: Target): void {
  if (resource.storageKey === 'namespaces' && permanentNamespaces.includes(name))
    throw forbidden(resource, name, 'this namespace may not be deleted')
}

interface Marked {
  readonly marked: JsonObject
  /** Nothing holds it: it goes at once. */
  readonly final: boolean
}

interface Marking {
  readonly object: JsonObject
  readonly options: DeleteOptions
}

function mark(engine: Engine, target: Target, { object, options }: Marking): Marked {
  if (target.resource.storageKey === 'namespaces') return markNamespace(engine, object)
  if (isPending(object)) return hasten(engine, object, options.gracePeriodSeconds)
  const { gracePeriod, holdOnDelete } = target.resource.strategy
  const held = holdOnDelete?.(object, goTime(engine.now())) ?? object
  const finalized = withPropagation(held, options.propagation ?? ownPropagation(target, object))
  const grace = gracePeriod?.(object, options.gracePeriodSeconds)
  if (grace === undefined && isFree(finalized)) return { marked: object, final: true }
  if (holdOnDelete !== undefined) return { marked: markHeld(engine, finalized), final: false }
  return { marked: markDeleted(engine, finalized, grace ?? 0), final: grace === 0 && isFree(finalized) }
}

const isPending = (object: JsonObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadataOf(object)
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) !== 0
}

/** A graceful deletion under way: it can only be made shorter. */
function hasten(engine: Engine, object: JsonObject, asked: number | undefined): Marked {
  const shortened = asked === undefined ? undefined : shorten(engine, object, asked < 0 ? 1 : asked)
  return { marked: shortened ?? object, final: shortened !== undefined && asked === 0 && isFree(object) }
}

const isFree = (object: JsonObject): boolean => listAt(object, 'metadata', 'finalizers').length === 0

/** Moves the generation, because controllers must look again. A second deletion changes nothing. */
function markDeleted(engine: Engine, object: JsonObject, grace: number): JsonObject {
  const { deletionTimestamp, generation } = metadataOf(object)
  if (deletionTimestamp !== undefined) return object
  return withMetadata(object, {
    deletionTimestamp: goTime(later(engine.now(), seconds(grace))),
    deletionGracePeriodSeconds: grace,
    ...(typeof generation === 'number' ? { generation: generation + 1 } : {}),
  })
}

/** What is held for a clean-up of its own is marked by the time alone. */
const markHeld = (engine: Engine, object: JsonObject): JsonObject =>
  metadataOf(object)['deletionTimestamp'] === undefined
    ? withMetadata(object, { deletionTimestamp: goTime(engine.now()) })
    : object

/** A grace period can only become shorter. Undefined: nothing changes. */
function shorten(engine: Engine, object: JsonObject, asked: number): JsonObject | undefined {
  const before = numberAt(object, 'metadata', 'deletionGracePeriodSeconds') ?? 0
  if (asked >= before) return undefined
  const now = engine.now()
  const due = later(parseTime(textAt(object, 'metadata', 'deletionTimestamp')) ?? now, seconds(asked - before))
  const isPast = due < now
  return withMetadata(object, {
    deletionTimestamp: goTime(isPast ? now : due),
    deletionGracePeriodSeconds: isPast && asked !== 0 ? 1 : asked,
  })
}

const policyFinalizers: Readonly<Record<Propagation, string | undefined>> = {
  Orphan: 'orphan',
  Foreground: 'foregroundDeletion',
  Background: undefined,
}

const orphanedPodsText =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them ' +
  'or set propagationPolicy=Orphan to suppress this warning'

const leavesPods = (target: Target, object: JsonObject, { propagation }: DeleteOptions): boolean =>
  target.resource.storageKey === 'jobs.batch' &&
  propagation === undefined &&
  metadataOf(object)['deletionTimestamp'] === undefined

/** What the object's own finalizers say. Jobs leave their pods behind unless told otherwise: batch/v1 keeps an old promise. */
function ownPropagation({ resource: { storageKey } }: Target, object: JsonObject): Propagation {
  const finalizers = listAt(object, 'metadata', 'finalizers')
  if (finalizers.includes('orphan')) return 'Orphan'
  if (finalizers.includes('foregroundDeletion')) return 'Foreground'
  return storageKey === 'jobs.batch' ? 'Orphan' : 'Background'
}

function withPropagation(object: JsonObject, policy: Propagation): JsonObject {
  const given = listAt(object, 'metadata', 'finalizers').map(String)
  const wanted = policyFinalizers[policy]
  const others = given.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion')
  const finalizers = wanted === undefined ? others : [...others, wanted]
  return deepEqual(finalizers, given)
    ? object
    : withMetadata(object, { finalizers: finalizers.length === 0 ? undefined : finalizers })
}

/** A namespace first turns Terminating; it goes once its spec holds no finalizer. */
function markNamespace(engine: Engine, object: JsonObject): Marked {
  const terminating = {
    ...(metadataOf(object)['deletionTimestamp'] === undefined
      ? withMetadata(object, { deletionTimestamp: goTime(engine.now()) })
      : object),
    status: { ...objectAt(object, 'status'), phase: 'Terminating' },
  }
  return { marked: terminating, final: isFree(object) && listAt(object, 'spec', 'finalizers').length === 0 }
}
