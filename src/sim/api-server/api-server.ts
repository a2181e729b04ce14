import { assert } from '../../kernel/assert.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { httpDate, type Instant } from '../../kernel/time.ts'
import { type Authorize, administrator, allowAll } from './access/authorize.ts'
import type { ApiRequest, ApiResponse, Cause, Change, WatchHandle, WatchSink } from './api-request.ts'
import { StatusError } from './errors/status-error.ts'
import { bootstrapObjects } from './lifecycle/bootstrap.ts'
import { reconcileDefinitions } from './lifecycle/custom-definitions.ts'
import { GarbageCollector } from './lifecycle/garbage-collector.ts'
import { reconcileNamespaces } from './lifecycle/namespace-controller.ts'
import { metadataOf, textOf } from './objects/fields.ts'
import { Identities } from './objects/identities.ts'
import { dispatch } from './requests/dispatch.ts'
import { openWatch } from './requests/open-watch.ts'
import { Routes } from './requests/route.ts'
import { builtInResources } from './resources/built-in-resources.ts'
import { apiVersionOf, type ResourceDescriptor } from './resources/descriptor.ts'
import { present } from './resources/presentation.ts'
import { Registry } from './resources/registry.ts'
import type { Committed } from './storage/change-log.ts'
import { Storage } from './storage/storage.ts'
import { create } from './verbs/create.ts'
import type { Engine } from './verbs/engine.ts'
import { decodeObject, ownBody } from './verbs/read-body.ts'
import type { Watcher } from './verbs/watch.ts'

export interface ApiServerOptions {
  readonly now: () => Instant
  /** UIDs and generated names depend on it and on the order of writes, on nothing else. */
  readonly seed?: number
  /** How many changes of one resource a watch may lag behind before it is told 410. */
  readonly historyMax?: number
  /**
   * The garbage collector and the namespace controller, which work beside a real API server and not in it. On by default;
   * without them finalizers of deletions wait for somebody else, as with a bare kube-apiserver.
   */
  readonly controllers?: boolean
  /** When the namespace controller comes to what is in a namespace that is to end; by default at once. */
  readonly onNamespaceEnding?: (empty: () => void) => void
  /** Judges requests and access reviews; by default everybody may do everything. */
  readonly authorize?: Authorize
}

const historyMaxDefault = 10_000

/** A Kubernetes API server in memory: synchronous, without a clock or chance of its own. */
export class ApiServer {
  readonly #engine: Engine
  readonly #authorize: Authorize
  readonly #watchers = new Map<string, Set<Watcher>>()
  #told = { second: Number.NaN, date: '' }

  constructor({
    now,
    seed = 1,
    historyMax = historyMaxDefault,
    authorize = allowAll,
    controllers = true,
    onNamespaceEnding = (empty) => empty(),
  }: ApiServerOptions) {
    const storage = new Storage(historyMax)
    const registry = new Registry(builtInResources, (storageKey) => this.#closeWatches(storageKey))
    this.#engine = {
      storage,
      registry,
      routes: new Routes(registry),
      identities: new Identities(seed),
      now,
    }
    this.#authorize = authorize
    storage.listen((change, resource) => this.#tellWatchers(change, resource))
    storage.listen((change, resource) => reconcileDefinitions(this.#engine, change, resource))
    if (controllers) this.#control(storage, onNamespaceEnding)
    for (const [name, object] of bootstrapObjects) this.#bootstrap(name, object)
  }

  /** The number of the last write. */
  get resourceVersion(): number {
    return this.#engine.storage.revision
  }

  /** How many watches are open. */
  get watchCount(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Every verb but watch. The answer says what time it is here, as that of every HTTP server. */
  handle(request: ApiRequest): ApiResponse {
    const answer = this.#answer(request)
    return { ...answer, headers: { ...answer.headers, date: this.#date() } }
  }

  #answer(request: ApiRequest): ApiResponse {
    try {
      return dispatch(this.#engine, this.#authorize, ownBody(request))
    } catch (error) {
      if (error instanceof StatusError) return error.response()
      throw error
    }
  }

  /** Written once a second. */
  #date(): string {
    const second = Math.floor(this.#engine.now() / 1_000)
    if (second !== this.#told.second) this.#told = { second, date: httpDate(this.#engine.now()) }
    return this.#told.date
  }

  /** Initial events reach the sink before this returns. An answer with a status: refused (`isRefused`). */
  watch(request: ApiRequest, sink: WatchSink): WatchHandle | ApiResponse {
    try {
      return openWatch({ engine: this.#engine, authorize: this.#authorize, watchers: this.#watchers }, request, sink)
    } catch (error) {
      if (error instanceof StatusError) return error.response()
      throw error
    }
  }

  /** Told of every committed write, in order, after watches were told. A listener may write: that change follows. Returns its own end. */
  onChange(listener: (change: Change) => void): () => void {
    return this.#engine.storage.listen((change, resource, cause) => listener(seen(change, resource, cause)))
  }

  /** Sends a bookmark to every watch that allows them, as the server does about once a minute. */
  bookmark(): void {
    const { revision } = this.#engine.storage
    for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.bookmark(revision)
  }

  /** Forgets history: watches and list continuations from before get 410. */
  compact(): void {
    this.#engine.storage.compact()
  }

  /** The path of a collection named as kubectl names it, by plural and group: `pods`, `deployments.apps`. */
  collectionPath(resource: string, namespace?: string): string {
    const found = this.#engine.registry.resolve(resource)
    assert(found !== undefined, `no resource ${resource} is served`)
    const root = found.group === '' ? `/api/${found.version}` : `/apis/${apiVersionOf(found)}`
    return found.namespaced && namespace !== undefined
      ? `${root}/namespaces/${namespace}/${found.plural}`
      : `${root}/${found.plural}`
  }

  /** The objects of a resource as they are right now, shared and frozen, ordered by namespace and name: no request is made. */
  stored(resource: string, namespace = ''): readonly JsonObject[] {
    const found = this.#engine.registry.resolve(resource)
    assert(found !== undefined, `no resource ${resource} is served`)
    const store = this.#engine.storage.storeOf(found)
    return store.keys(namespace).flatMap((key) => {
      const object = store.get(key)
      return object === undefined ? [] : [present(found, object)]
    })
  }

  /**
   * Puts an object there as it is stored (built-in kinds without kind and apiVersion), judged by nobody, as a restored etcd has it. Parts
   * that objects share stay shared: a hundred thousand pods fit into memory.
   */
  restore(resource: string, object: JsonObject): void {
    const found = this.#engine.registry.resolve(resource)
    const { namespace, name } = metadataOf(object)
    assert(found !== undefined && typeof name === 'string', `no object of ${resource} can be restored from this`)
    const key = found.namespaced ? `${textOf(namespace)}/${name}` : name
    this.#engine.storage.put(found, { key, object }, { verb: 'create', user: administrator, subresource: '' })
  }

  /** A changed definition is served anew: who watched its objects has to list again. */
  #closeWatches(storageKey: string): void {
    const watchers = this.#watchers.get(storageKey)
    this.#watchers.delete(storageKey)
    for (const watcher of watchers ?? []) watcher.end()
  }

  #control(storage: Storage, onNamespaceEnding: (empty: () => void) => void): void {
    const collector = new GarbageCollector(this.#engine)
    storage.listen((change, resource) => reconcileNamespaces(this.#engine, { change, resource, onNamespaceEnding }))
    storage.listen((change, resource) => collector.observe(change, resource))
  }

  #tellWatchers(change: Committed, { storageKey }: ResourceDescriptor): void {
    for (const watcher of this.#watchers.get(storageKey) ?? []) watcher.tell(change)
  }

  #bootstrap(name: string, object: JsonObject): void {
    const resource = this.#engine.registry.resolve(name)
    assert(resource !== undefined, `no resource ${name} is served`)
    const context = { dryRun: false, cause: { verb: 'create' as const, user: administrator, subresource: '' } }
    create(
      this.#engine,
      { resource, namespace: '', name: '' },
      { decoded: decodeObject(resource, object, 'Strict'), context },
    )
  }
}

const seen = ({ type, object, previous }: Committed, resource: ResourceDescriptor, request: Cause): Change => ({
  type,
  group: resource.group,
  plural: resource.plural,
  kind: resource.kind,
  object: present(resource, object),
  ...(previous === undefined ? {} : { previous: present(resource, previous) }),
  request,
})
