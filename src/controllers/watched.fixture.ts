import { type Kind, type KubeObject, keyOf } from '../api/kind.ts'
import { isObject, type Json, type JsonObject, textAt } from '../kernel/json.ts'
import type { ClusterWriter, ObjectRef } from '../ports/cluster.ts'
import { AlreadyExistsError, ConflictError, NotFoundError } from '../ports/errors.ts'
import type { Change } from '../runtime/cache.ts'
import type { Watched } from './watched.ts'

/** A cache that a test fills by hand, and that sees every write at once. */
export class FakeWatched<Thing extends KubeObject, Index extends string = never> implements Watched<Thing, Index> {
  readonly #things = new Map<string, { readonly raw: JsonObject; readonly thing: Thing }>()
  readonly #handlers = new Set<(change: Change<Thing>) => void>()
  readonly #kind: Kind<Thing>
  readonly #indexes: Readonly<Record<string, (thing: Thing) => readonly string[]>>

  constructor(kind: Kind<Thing>, indexes: Readonly<Record<Index, (thing: Thing) => readonly string[]>>) {
    this.#kind = kind
    this.#indexes = indexes
  }

  put(raw: JsonObject): Thing {
    const thing = this.#kind.project(raw)
    const key = keyOf(thing)
    const old = this.#things.get(key)?.thing
    this.#things.set(key, { raw, thing })
    this.#tell({ key, old, new: thing })
    return thing
  }

  drop(name: string): void {
    const old = this.#things.get(name)?.thing
    this.#things.delete(name)
    if (old !== undefined) this.#tell({ key: name, old, new: undefined })
  }

  raw(name: string): JsonObject | undefined {
    return this.#things.get(name)?.raw
  }

  readonly get = ({ name }: ObjectRef): Thing | undefined => this.#things.get(name)?.thing
  readonly list = (): readonly Thing[] => [...this.#things.values()].map(({ thing }) => thing)
  readonly byIndex = (index: Index, value: string): readonly Thing[] =>
    this.list().filter((thing) => this.#indexes[index]?.(thing).includes(value))
  readonly whenSynced = async (): Promise<void> => {}
  readonly isCurrent = (): boolean => true
  readonly wroteAt = (): void => {}
  doubts = 0
  readonly doubt = (): void => {
    this.doubts += 1
  }

  onChange(handler: (change: Change<Thing>) => void): void {
    this.#handlers.add(handler)
    for (const [key, { thing }] of this.#things) handler({ key, old: undefined, new: thing })
  }

  #tell(change: Change<Thing>): void {
    for (const handler of this.#handlers) handler(change)
  }
}

export interface Written {
  readonly verb: 'create' | 'patch' | 'remove'
  readonly plural: string
  readonly name: string
  readonly body: JsonObject
}

type AnyWatched = Pick<FakeWatched<KubeObject>, 'raw' | 'drop'> & { readonly put: (raw: JsonObject) => unknown }

/** Writes as the API server would, into the caches by plural: versions count up, a stale one conflicts. */
export function fakeWriter(caches: Readonly<Record<string, AnyWatched>>): {
  readonly written: Written[]
  readonly cluster: ClusterWriter
} {
  const written: Written[] = []
  const cacheOf = ({ plural }: Kind): AnyWatched => {
    const cache = caches[plural]
    if (cache === undefined) throw new Error(`no cache for ${plural}`)
    return cache
  }
  let version = 100
  return {
    written,
    cluster: {
      create: async (kind, object) => {
        const name = textAt(object, 'metadata', 'name') ?? ''
        if (cacheOf(kind).raw(name) !== undefined) throw new AlreadyExistsError(name)
        version += 1
        written.push({ verb: 'create', plural: kind.plural, name, body: object })
        const raw = {
          ...object,
          metadata: { uid: `uid-${version}`, ...object.metadata, resourceVersion: `${version}` },
        }
        cacheOf(kind).put(raw)
        return kind.project(raw)
      },
      patch: async (kind, { name }, patch) => {
        const raw = cacheOf(kind).raw(name)
        if (raw === undefined) throw new NotFoundError(name)
        if (patch.type === 'Json') throw new Error('this fake knows merge patches only')
        const metadata = isObject(raw['metadata']) ? raw['metadata'] : {}
        if (metadata['resourceVersion'] !== patch.resourceVersion) throw new ConflictError(name)
        version += 1
        written.push({ verb: 'patch', plural: kind.plural, name, body: patch.body })
        const next = { ...merged(raw, patch.body), metadata: { ...metadata, resourceVersion: `${version}` } }
        cacheOf(kind).put(next)
        return kind.project(next)
      },
      remove: async (kind, { name }) => {
        written.push({ verb: 'remove', plural: kind.plural, name, body: {} })
        cacheOf(kind).drop(name)
      },
      evict: async () => ({ kind: 'Accepted' }),
    },
  }
}

function merged(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    const before = target[key]
    if (value === null) delete result[key]
    else result[key] = isObject(value) ? merged(isObject(before) ? before : {}, value) : value
  }
  return result
}
