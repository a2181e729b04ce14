import type { JsonObject } from '../../../kernel/json.ts'
import { ChangeLog, type Committed } from './change-log.ts'
import { SortedKeys } from './sorted-keys.ts'

/** Reads one field for an index. */
export interface FieldIndex {
  readonly path: string
  readonly valueOf: (object: JsonObject) => string
}

/** The objects of one storage key, in the form they are stored in, ordered by `namespace/name`. */
export class ObjectStore {
  readonly log: ChangeLog
  readonly #objects = new Map<string, JsonObject>()
  readonly #keys = new SortedKeys()
  readonly #indexes: ReadonlyMap<string, { readonly field: FieldIndex; readonly keys: Map<string, SortedKeys> }>

  constructor({ historyMax, indexes }: { readonly historyMax: number; readonly indexes: readonly FieldIndex[] }) {
    this.log = new ChangeLog(historyMax)
    this.#indexes = new Map(indexes.map((field) => [field.path, { field, keys: new Map<string, SortedKeys>() }]))
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): JsonObject | undefined {
    return this.#objects.get(key)
  }

  /** In order. `namespace` empty: everywhere. */
  keys(namespace: string): readonly string[] {
    return this.#keys.withPrefix(prefixOf(namespace))
  }

  /** The keys whose indexed field has the value, in order. Undefined: the field is not indexed. */
  keysByField(path: string, value: string, namespace: string): readonly string[] | undefined {
    const index = this.#indexes.get(path)
    return index === undefined ? undefined : (index.keys.get(value)?.withPrefix(prefixOf(namespace)) ?? [])
  }

  /** The objects as they were at a revision, by undoing what came later. Undefined: too long ago. */
  at(revision: number): ReadonlyMap<string, JsonObject> | undefined {
    const later = this.log.after(revision)
    if (later === undefined) return undefined
    const then = new Map(this.#objects)
    for (const { key, previous } of later.toReversed()) {
      if (previous === undefined) then.delete(key)
      else then.set(key, previous)
    }
    return then
  }

  apply(change: Committed): void {
    this.log.append(change)
    if (change.previous !== undefined) this.#unindex(change.key, change.previous)
    if (change.type === 'DELETED') {
      this.#objects.delete(change.key)
      this.#keys.delete(change.key)
      return
    }
    this.#objects.set(change.key, change.object)
    if (change.type === 'ADDED') this.#keys.add(change.key)
    for (const { field, keys } of this.#indexes.values()) {
      const value = field.valueOf(change.object)
      const known = keys.get(value) ?? new SortedKeys()
      known.add(change.key)
      keys.set(value, known)
    }
  }

  #unindex(key: string, object: JsonObject): void {
    for (const { field, keys } of this.#indexes.values()) {
      const value = field.valueOf(object)
      const known = keys.get(value)
      known?.delete(key)
      if (known?.size === 0) keys.delete(value)
    }
  }
}

const prefixOf = (namespace: string): string => (namespace === '' ? '' : `${namespace}/`)
