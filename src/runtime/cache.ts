import { type KubeObject, keyOf } from '../api/kind.ts'
import { assert } from '../kernel/assert.ts'
import { isOlder } from './resource-version.ts'

/** The values by which a thing is found: the names of an index are known to the compiler. */
export type Indexes<Thing, Index extends string> = Readonly<Record<Index, (thing: Thing) => readonly string[]>>

export interface Change<Thing> {
  readonly key: string
  /** Undefined: it was not there. */
  readonly old: Thing | undefined
  /** Undefined: it is gone. */
  readonly new: Thing | undefined
}

/** Projected objects of one kind by key, with indexes. What is in it is shared, and never changed. */
export class Cache<Thing extends KubeObject, Index extends string = never> {
  readonly #things = new Map<string, Thing>()
  readonly #indexes: readonly (readonly [Index, (thing: Thing) => readonly string[]])[]
  readonly #keys: ReadonlyMap<string, Map<string, Set<string>>>
  readonly #changed: (change: Change<Thing>) => void

  constructor(indexes: Indexes<Thing, Index>, changed: (change: Change<Thing>) => void) {
    this.#indexes = entriesOf(indexes)
    this.#keys = new Map(this.#indexes.map(([name]) => [name, new Map()]))
    this.#changed = changed
  }

  get size(): number {
    return this.#things.size
  }

  get(key: string): Thing | undefined {
    return this.#things.get(key)
  }

  list(): readonly Thing[] {
    return [...this.#things.values()]
  }

  keys(): IterableIterator<string> {
    return this.#things.keys()
  }

  byIndex(index: Index, value: string): readonly Thing[] {
    const keys = this.#keys.get(index)
    assert(keys !== undefined, `no index ${index}`)
    const found = keys.get(value)
    // The ordinary answer for most values, and asked with every change: it costs nothing.
    return found === undefined ? [] : [...found].flatMap((key) => this.#things.get(key) ?? [])
  }

  /** Never goes back: what is older than what is known is ignored. The same name under another UID is two things. */
  put(thing: Thing): void {
    const key = keyOf(thing)
    const old = this.#things.get(key)
    if (old === undefined) return this.#replace({ key, old, new: thing })
    if (!isOlder(old.metadata.resourceVersion, thing.metadata.resourceVersion)) return
    if (old.metadata.uid !== thing.metadata.uid) {
      this.#replace({ key, old, new: undefined })
      return this.#replace({ key, old: undefined, new: thing })
    }
    this.#replace({ key, old, new: thing })
  }

  /** Only the very thing: a late word of an earlier one under this name deletes nothing. */
  remove(thing: Thing): void {
    const key = keyOf(thing)
    if (this.#things.get(key)?.metadata.uid === thing.metadata.uid) this.drop(key)
  }

  drop(key: string): void {
    const old = this.#things.get(key)
    if (old !== undefined) this.#replace({ key, old, new: undefined })
  }

  /** From now on these and no others, however old they are. Whoever hears of a change finds all of them made. */
  become(things: readonly Thing[]): void {
    const next = new Set(things.map(keyOf))
    const gone = [...this.#things].filter(([key]) => !next.has(key))
    const changes = gone.map(([key, old]): Change<Thing> => ({ key, old, new: undefined }))
    for (const thing of things) {
      const [key, old] = [keyOf(thing), this.#things.get(keyOf(thing))]
      if (old === undefined || old.metadata.uid === thing.metadata.uid) changes.push({ key, old, new: thing })
      else changes.push({ key, old, new: undefined }, { key, old: undefined, new: thing })
    }
    for (const change of changes) this.#apply(change)
    for (const change of changes) this.#changed(change)
  }

  #replace(change: Change<Thing>): void {
    this.#apply(change)
    this.#changed(change)
  }

  #apply(change: Change<Thing>): void {
    const { key, old } = change
    if (old !== undefined) this.#unindex(key, old)
    if (change.new === undefined) this.#things.delete(key)
    else {
      this.#things.set(key, change.new)
      this.#index(key, change.new)
    }
  }

  #index(key: string, thing: Thing): void {
    for (const [name, valuesOf] of this.#indexes) {
      const keys = this.#keys.get(name)
      for (const value of valuesOf(thing)) {
        const sharing = keys?.get(value)
        if (sharing === undefined) keys?.set(value, new Set([key]))
        else sharing.add(key)
      }
    }
  }

  #unindex(key: string, thing: Thing): void {
    for (const [name, valuesOf] of this.#indexes) {
      const keys = this.#keys.get(name)
      for (const value of valuesOf(thing)) {
        const sharing = keys?.get(value)
        sharing?.delete(key)
        if (sharing?.size === 0) keys?.delete(value)
      }
    }
  }
}

const entriesOf = <Index extends string, Value>(
  record: Readonly<Record<Index, Value>>,
): readonly (readonly [Index, Value])[] =>
  Object.entries<Value>(record) as unknown as readonly (readonly [Index, Value])[]
