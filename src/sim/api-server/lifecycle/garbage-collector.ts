import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../api-request.ts'
import { metadataOf, withMetadata } from '../objects/fields.ts'
import type { Propagation } from '../requests/options.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import type { Committed } from '../storage/change-log.ts'
import { remove } from '../verbs/delete.ts'
import { type Engine, keyOf, storedAt, type Target } from '../verbs/engine.ts'

const cause: Cause = {
  verb: 'delete',
  user: 'system:serviceaccount:kube-system:generic-garbage-collector',
  subresource: '',
}

/**
 * Follows ownerReferences as the controller of the same name: what lost its last owner goes, `orphan` and `foregroundDeletion`
 * are honoured. Unlike the real one it leaves alone what never had an owner that existed.
 */
export class GarbageCollector {
  readonly #engine: Engine
  /** By owner's UID, the objects that name it. */
  readonly #dependents = new Map<string, Map<string, Target>>()
  readonly #alive = new Map<string, Target>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  observe({ type, key, object, previous }: Committed, resource: ResourceDescriptor): void {
    if (type === 'MODIFIED' && hasSameOwners(object, previous) && !isGoing(object)) return
    const target = targetAt(resource, key)
    const uid = uidOf(object)
    for (const owner of ownersOf(previous)) this.#dependents.get(owner)?.delete(refOf(target))
    if (type === 'DELETED') {
      this.#alive.delete(uid)
      this.#collect(uid)
      for (const owner of ownersOf(object)) this.#finishForeground(owner)
      return
    }
    this.#alive.set(uid, target)
    for (const owner of ownersOf(object)) this.#remember(owner, target)
    if (isGoing(object)) this.#propagate(target, object)
  }

  #remember(owner: string, target: Target): void {
    const known = this.#dependents.get(owner) ?? new Map<string, Target>()
    known.set(refOf(target), target)
    this.#dependents.set(owner, known)
  }

  #dependentsOf(uid: string): readonly Target[] {
    const known = [...(this.#dependents.get(uid) ?? new Map<string, Target>())]
    return known.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, target]) => target)
  }

  /** The owner is gone: what has another living owner only forgets this one. */
  #collect(uid: string): void {
    for (const target of this.#dependentsOf(uid)) {
      const object = storedAt(this.#engine, target)
      if (object === undefined) continue
      if (ownersOf(object).some((owner) => this.#alive.has(owner))) this.#disown(target, object, uid)
      else this.#delete(target, object, 'Background')
    }
    this.#dependents.delete(uid)
  }

  #propagate(owner: Target, object: JsonObject): void {
    const finalizers = listAt(object, 'metadata', 'finalizers')
    const uid = uidOf(object)
    if (finalizers.includes('orphan')) {
      for (const target of this.#dependentsOf(uid)) {
        const dependent = storedAt(this.#engine, target)
        if (dependent !== undefined) this.#disown(target, dependent, uid)
      }
      this.#dropFinalizer(owner, 'orphan')
    } else if (finalizers.includes('foregroundDeletion')) {
      for (const target of this.#dependentsOf(uid)) {
        const dependent = storedAt(this.#engine, target)
        if (dependent !== undefined && metadataOf(dependent)['deletionTimestamp'] === undefined)
          this.#delete(target, dependent, 'Foreground')
      }
      this.#finishForeground(uid)
    }
  }

  /** Only dependents that say `blockOwnerDeletion` are waited for. */
  #finishForeground(uid: string): void {
    const owner = this.#alive.get(uid)
    const object = owner === undefined ? undefined : storedAt(this.#engine, owner)
    if (
      owner === undefined ||
      object === undefined ||
      !listAt(object, 'metadata', 'finalizers').includes('foregroundDeletion')
    )
      return
    const blocked = this.#dependentsOf(uid).some((target) => {
      const dependent = storedAt(this.#engine, target)
      return listAt(dependent, 'metadata', 'ownerReferences').some(
        (reference) => isObject(reference) && reference['uid'] === uid && reference['blockOwnerDeletion'] === true,
      )
    })
    if (!blocked) this.#dropFinalizer(owner, 'foregroundDeletion')
  }

  #disown(target: Target, object: JsonObject, uid: string): void {
    const kept = listAt(object, 'metadata', 'ownerReferences')
      .filter((reference) => textAt(reference, 'uid') !== uid)
      .filter(isObject)
    const changed = withMetadata(object, { ownerReferences: kept.length === 0 ? undefined : kept })
    this.#engine.storage.put(target.resource, { key: keyOf(target), object: changed }, { ...cause, verb: 'patch' })
  }

  #delete(target: Target, object: JsonObject, propagation: Propagation): void {
    if (metadataOf(object)['deletionTimestamp'] !== undefined) return
    const options = {
      gracePeriodSeconds: undefined,
      uid: undefined,
      resourceVersion: undefined,
      propagation,
      dryRun: false,
    }
    remove(this.#engine, target, { options, cause })
  }

  #dropFinalizer(target: Target, finalizer: string): void {
    const object = storedAt(this.#engine, target)
    if (object === undefined) return
    const kept = listAt(object, 'metadata', 'finalizers')
      .map(String)
      .filter((each) => each !== finalizer)
    const place = {
      key: keyOf(target),
      object: kept.length === 0 ? object : withMetadata(object, { finalizers: kept }),
    }
    const mayGo = kept.length === 0 && (metadataOf(object)['deletionGracePeriodSeconds'] ?? 0) === 0
    if (mayGo) this.#engine.storage.remove(target.resource, place, cause)
    else
      this.#engine.storage.put(
        target.resource,
        { key: place.key, object: withMetadata(object, { finalizers: kept.length === 0 ? undefined : kept }) },
        cause,
      )
  }
}

const isGoing = (object: JsonObject): boolean => metadataOf(object)['deletionTimestamp'] !== undefined

/** Nearly every write: the list itself is shared from version to version. */
const hasSameOwners = (object: JsonObject, previous: JsonObject | undefined): boolean =>
  previous !== undefined &&
  uidOf(object) === uidOf(previous) &&
  metadataOf(object)['ownerReferences'] === metadataOf(previous)['ownerReferences']

const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid') ?? ''

const refOf = (target: Target): string => `${target.resource.storageKey}/${keyOf(target)}`

const ownersOf = (object: JsonObject | undefined): readonly string[] =>
  listAt(object, 'metadata', 'ownerReferences').flatMap((reference) => textAt(reference, 'uid') ?? [])

function targetAt(resource: ResourceDescriptor, key: string): Target {
  const slash = key.indexOf('/')
  return resource.namespaced
    ? { resource, namespace: key.slice(0, slash), name: key.slice(slash + 1) }
    : { resource, namespace: '', name: key }
}
