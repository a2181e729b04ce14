import type { JsonObject } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { ObjectRef } from '../api-server/world-client.ts'
import { keyOf, nodeNameOf, ownersOf, uidOf } from './fields.ts'

export type Listener = (change: Change) => void

const owned: ReadonlySet<string> = new Set(['pods', 'replicasets.apps'])

/**
 * What the API server stores, at hand without a request, and who wants to hear of it. Never behind: a write is seen here
 * before it returns, as long as nobody writes while listening. Actors listen, and write later, from their timers.
 */
export class Objects {
  readonly #stored = new Map<string, Map<string, JsonObject>>()
  readonly #byOwner = new Groups()
  readonly #podsByNode = new Groups()
  readonly #listeners = new Map<string, Listener[]>()
  readonly #podListeners = new Map<string, Listener[]>()

  constructor(server: ApiServer) {
    server.onChange((change) => this.#take(change))
  }

  /** In the order of their creation. Resources are named as kubectl names them: `pods`, `deployments.apps`. */
  all(resource: string): readonly JsonObject[] {
    return [...(this.#stored.get(resource)?.values() ?? [])]
  }

  get(resource: string, { namespace, name }: ObjectRef): JsonObject | undefined {
    return this.#stored.get(resource)?.get(namespace === undefined ? name : `${namespace}/${name}`)
  }

  podsOn(nodeName: string): readonly JsonObject[] {
    return this.#podsByNode.of(nodeName)
  }

  podOn(nodeName: string, uid: string): JsonObject | undefined {
    return this.#podsByNode.member(nodeName, uid)
  }

  /** Pods and ReplicaSets only: what controllers of the world own. */
  dependentsOf(ownerUID: string): readonly JsonObject[] {
    return this.#byOwner.of(ownerUID)
  }

  on(resource: string, listener: Listener): void {
    append(this.#listeners, resource, listener)
  }

  /** Of pods that are, or were until now, bound to this node. Returns its own end. */
  onPodOf(nodeName: string, listener: Listener): () => void {
    append(this.#podListeners, nodeName, listener)
    return () => {
      const others = this.#podListeners.get(nodeName)?.filter((other) => other !== listener) ?? []
      this.#podListeners.set(nodeName, others)
    }
  }

  #take(change: Change): void {
    const resource = change.group === '' ? change.plural : `${change.plural}.${change.group}`
    this.#store(resource, change)
    for (const listener of this.#listeners.get(resource) ?? []) listener(change)
    if (resource !== 'pods') return
    for (const listener of this.#podListeners.get(nodeNameOf(change.object)) ?? []) listener(change)
  }

  #store(resource: string, { type, object, previous }: Change): void {
    const key = keyOf(object)
    const stored = this.#stored.get(resource) ?? new Map<string, JsonObject>()
    this.#stored.set(resource, stored)
    if (type === 'DELETED') stored.delete(key)
    else stored.set(key, object)
    const member = { id: uidOf(object), now: type === 'DELETED' ? undefined : object }
    if (owned.has(resource)) {
      this.#byOwner.move(member, { from: ownerUIDs(previous ?? object), to: ownerUIDs(object) })
    }
    if (resource === 'pods') {
      this.#podsByNode.move(member, { from: [nodeNameOf(previous ?? object)], to: [nodeNameOf(object)] })
    }
  }
}

const ownerUIDs = (object: JsonObject): readonly string[] =>
  ownersOf(object).flatMap(({ uid }) => (typeof uid === 'string' ? [uid] : []))

interface Member {
  readonly id: string
  /** Undefined: it is gone. */
  readonly now: JsonObject | undefined
}

/** Objects by something that they name. */
class Groups {
  readonly #groups = new Map<string, Map<string, JsonObject>>()

  of(name: string): readonly JsonObject[] {
    return [...(this.#groups.get(name)?.values() ?? [])]
  }

  member(name: string, id: string): JsonObject | undefined {
    return this.#groups.get(name)?.get(id)
  }

  move({ id, now }: Member, { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] }): void {
    for (const name of from) if (now === undefined || !to.includes(name)) this.#leave(name, id)
    if (now === undefined) return
    for (const name of to) {
      const group = this.#groups.get(name) ?? new Map<string, JsonObject>()
      group.set(id, now)
      this.#groups.set(name, group)
    }
  }

  #leave(name: string, id: string): void {
    const group = this.#groups.get(name)
    group?.delete(id)
    if (group?.size === 0) this.#groups.delete(name)
  }
}

function append(lists: Map<string, Listener[]>, key: string, listener: Listener): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [listener])
  else list.push(listener)
}
