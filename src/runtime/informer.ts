import { type Kind, type KubeObject, keyOf } from '../api/kind.ts'
import { BrokenInvariantError } from '../kernel/assert.ts'
import { minutes } from '../kernel/time.ts'
import type { ListQuery, ObjectRef } from '../ports/cluster.ts'
import { Cache, type Change, type Indexes } from './cache.ts'
import { causeText } from './complaint.ts'
import { Reflector, type ReflectorPorts } from './reflector.ts'
import { isOlder } from './resource-version.ts'

/** Cached reads of one kind. What comes out of it is shared, and never changed. */
interface Lister<Thing extends KubeObject, Index extends string = never> {
  readonly get: (ref: ObjectRef) => Thing | undefined
  readonly list: () => readonly Thing[]
  readonly byIndex: (index: Index, value: string) => readonly Thing[]
  /** False: what is not in the cache may be there all the same. */
  readonly hasSynced: () => boolean
  /** How long the API server has said nothing of this kind (bookmarks come every minute). Infinite before the first list. */
  readonly stalenessMs: () => number
  /** False: the cache does not yet show what was written through `wroteAt`, so the key must be looked at later. */
  readonly isCurrent: (key: string) => boolean
}

export interface InformerOptions<Thing extends KubeObject, Index extends string> {
  readonly kind: Kind<Thing>
  readonly query?: ListQuery
  readonly indexes: Indexes<Thing, Index>
  readonly relistEveryMs?: number
}

export type ChangeHandler<Thing> = (change: Change<Thing>) => void

const defaultRelistEveryMs = minutes(30)

/** A reflector and its cache, and who wants to hear of changes. */
export class Informer<Thing extends KubeObject, Index extends string = never> implements Lister<Thing, Index> {
  readonly #cache: Cache<Thing, Index>
  readonly #reflector: Reflector<Thing>
  readonly #log: ReflectorPorts['log']
  readonly #resource: string
  readonly #handlers = new Set<ChangeHandler<Thing>>()
  /** Per key the resourceVersion that was written last and is not seen yet. */
  readonly #written = new Map<string, string>()
  readonly #waiting = new Set<() => void>()
  /** What a full look has found that replaces the cache once it is complete; undefined: none is under way that does. */
  #next: Cache<Thing> | undefined
  /** Keys seen in the full look under way; undefined where everything in the cache was. */
  #seen: Set<string> | undefined
  #isSynced = false
  #defects = 0

  constructor(ports: ReflectorPorts, { kind, query = {}, indexes, relistEveryMs }: InformerOptions<Thing, Index>) {
    this.#log = ports.log
    this.#resource = kind.plural
    this.#cache = new Cache(indexes, (change) => this.#tell(change))
    const sink = {
      begin: ({ forget }: { readonly forget: boolean }) => this.#begin(forget),
      put: (thing: Thing) => this.#put(thing),
      remove: (thing: Thing) => (this.#next ?? this.#cache).remove(thing),
      end: () => this.#end(),
    }
    this.#reflector = new Reflector(ports, { kind, query, sink, relistEveryMs: relistEveryMs ?? defaultRelistEveryMs })
  }

  /** Resolves when the signal is aborted; rejects only when an invariant is broken. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#reflector.run(signal)
  }

  readonly get = ({ namespace, name }: ObjectRef): Thing | undefined =>
    this.#cache.get(namespace === undefined || namespace === '' ? name : `${namespace}/${name}`)

  readonly list = (): readonly Thing[] => this.#cache.list()

  readonly byIndex = (index: Index, value: string): readonly Thing[] => this.#cache.byIndex(index, value)

  readonly hasSynced = (): boolean => this.#isSynced

  /** A past that was taken back is shown until what replaces it is known, and nobody may trust it. */
  readonly stalenessMs = (): number =>
    this.#isSynced && this.#next === undefined ? this.#reflector.silentForMs() : Number.POSITIVE_INFINITY

  /** Resolves with the first full look, or when the signal is aborted. */
  readonly whenSynced = async (signal: AbortSignal): Promise<void> => {
    if (this.#isSynced || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Hears of everything that is there, and from now on of every change. A throw is a defect: logged, counted, and survived. */
  onChange(handler: ChangeHandler<Thing>): void {
    this.#handlers.add(handler)
    for (const thing of this.#cache.list()) this.#tellOne(handler, { key: keyOf(thing), old: undefined, new: thing })
  }

  /** How often a handler threw. */
  get defects(): number {
    return this.#defects
  }

  /** The API server has shown that something is missing here, though no error told: everything is looked at anew. */
  readonly doubt = (): void => this.#reflector.relistSoon()

  /** Remembers a write of ours, so that nobody decides on a cache that does not show it yet. */
  readonly wroteAt = (key: string, resourceVersion: string): void => {
    this.#written.set(key, resourceVersion)
  }

  readonly isCurrent = (key: string): boolean => {
    const written = this.#written.get(key)
    if (written === undefined) return true
    if (this.#next !== undefined) return false
    // What was deleted meanwhile is seen by the moment of the whole, for it is no longer there to be compared.
    const seen = this.#cache.get(key)?.metadata.resourceVersion ?? this.#reflector.resourceVersion
    if (isOlder(seen, written) && isOlder(this.#reflector.resourceVersion, written)) return false
    this.#written.delete(key)
    return true
  }

  #begin(forget: boolean): void {
    if (forget) {
      // What was written in that past will never be seen: nobody may wait for it.
      this.#written.clear()
      // Whoever heard that all is gone would forget what it has seen of each: it stays until it is known what is.
      this.#next = new Cache({}, () => {})
      this.#seen = undefined
      return
    }
    this.#seen = this.#cache.size === 0 ? undefined : new Set()
  }

  #put(thing: Thing): void {
    if (this.#next !== undefined) return this.#next.put(thing)
    this.#seen?.add(keyOf(thing))
    this.#cache.put(thing)
  }

  #end(): void {
    const [seen, next] = [this.#seen, this.#next]
    this.#seen = undefined
    this.#next = undefined
    if (next !== undefined) this.#cache.become(next.list())
    if (seen !== undefined) for (const key of this.#cache.keys()) if (!seen.has(key)) this.#cache.drop(key)
    // Whoever wrote for the last time asks no more.
    for (const [key, written] of this.#written)
      if (!isOlder(this.#reflector.resourceVersion, written)) this.#written.delete(key)
    this.#isSynced = true
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #tell(change: Change<Thing>): void {
    for (const handler of this.#handlers) this.#tellOne(handler, change)
  }

  #tellOne(handler: ChangeHandler<Thing>, change: Change<Thing>): void {
    try {
      handler(change)
    } catch (error) {
      if (error instanceof BrokenInvariantError) throw error
      this.#defects += 1
      this.#log.error('defect in a change handler', {
        resource: this.#resource,
        key: change.key,
        cause: causeText(error),
      })
    }
  }
}
