import { isObject, type JsonObject } from '../../../kernel/json.ts'
import type { Cause } from '../api-request.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import type { Committed } from './change-log.ts'
import { deepFreeze } from './deep-freeze.ts'
import { ObjectStore } from './object-store.ts'

export type CommitListener = (change: Committed, descriptor: ResourceDescriptor, cause: Cause) => void

/** All objects, under one counter of revisions. Listeners hear of commits in order, also of those that a listener makes. */
export class Storage {
  readonly #historyMax: number
  readonly #stores = new Map<string, ObjectStore>()
  readonly #listeners: CommitListener[] = []
  readonly #untold: (() => void)[] = []
  #telling = false
  #revision = 1

  constructor(historyMax: number) {
    this.#historyMax = historyMax
  }

  get revision(): number {
    return this.#revision
  }

  storeOf(descriptor: ResourceDescriptor): ObjectStore {
    const known = this.#stores.get(descriptor.storageKey)
    if (known !== undefined) return known
    const indexes = descriptor.selectableFields.filter(({ path }) => descriptor.indexedFields.includes(path))
    const store = new ObjectStore({ historyMax: this.#historyMax, indexes })
    this.#stores.set(descriptor.storageKey, store)
    return store
  }

  put(
    descriptor: ResourceDescriptor,
    { key, object }: { readonly key: string; readonly object: JsonObject },
    cause: Cause,
  ): JsonObject {
    const previous = this.storeOf(descriptor).get(key)
    const stored = deepFreeze(this.#numbered(object))
    this.#commit(
      { type: previous === undefined ? 'ADDED' : 'MODIFIED', key, object: stored, previous, revision: this.#revision },
      descriptor,
      cause,
    )
    return stored
  }

  remove(
    descriptor: ResourceDescriptor,
    { key, object }: { readonly key: string; readonly object: JsonObject },
    cause: Cause,
  ): JsonObject {
    const previous = this.storeOf(descriptor).get(key)
    const last = deepFreeze(this.#numbered(object))
    this.#commit({ type: 'DELETED', key, object: last, previous, revision: this.#revision }, descriptor, cause)
    return last
  }

  /** Told after the commit stands. */
  listen(listener: CommitListener): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index !== -1) this.#listeners.splice(index, 1)
    }
  }

  /** Forgets how things came about: only the present state and what follows are known. */
  compact(): void {
    for (const store of this.#stores.values()) store.log.forget(this.#revision)
  }

  #numbered(object: JsonObject): JsonObject {
    this.#revision += 1
    const { metadata } = object
    return {
      ...object,
      metadata: { ...(isObject(metadata) ? metadata : {}), resourceVersion: String(this.#revision) },
    }
  }

  #commit(change: Committed, descriptor: ResourceDescriptor, cause: Cause): void {
    this.storeOf(descriptor).apply(change)
    this.#untold.push(() => {
      for (const listener of this.#listeners.slice()) listener(change, descriptor, cause)
    })
    if (this.#telling) return
    this.#telling = true
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) next()
    } finally {
      this.#telling = false
    }
  }
}
