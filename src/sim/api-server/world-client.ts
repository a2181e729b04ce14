import { isObject, type JsonObject, textAt } from '../../kernel/json.ts'
import type { ApiRequest, ApiResponse } from './api-request.ts'
import type { ApiServer } from './api-server.ts'

export interface ObjectRef {
  readonly namespace?: string | undefined
  readonly name: string
}

export interface ListFilter {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly uid?: string
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
}

/** The server refused a trusted actor: a bug in the actor, or a race that it must expect. */
export class UnexpectedStatusError extends Error {
  override readonly name = 'UnexpectedStatusError'
  readonly status: number
  readonly reason: string

  constructor(what: string, { status, body }: ApiResponse) {
    super(`${what}: ${status} ${textAt(body, 'message') ?? ''}`)
    this.status = status
    this.reason = textAt(body, 'reason') ?? ''
  }
}

/**
 * Synchronous access for simulated kubelets, schedulers, controllers and tests. Resources are named as kubectl names them,
 * by plural and group: `pods`, `deployments.apps`. Whatever the verb does not expect is thrown as UnexpectedStatusError.
 */
export class WorldClient {
  readonly #server: ApiServer
  readonly #user: string
  readonly #isAway: () => boolean

  /** `isAway`: whether nobody reaches the server now; then every call throws. */
  constructor(server: ApiServer, user = 'system:admin', isAway: () => boolean = () => false) {
    this.#server = server
    this.#user = user
    this.#isAway = isAway
  }

  /** Undefined: there is none. */
  get(resource: string, ref: ObjectRef): JsonObject | undefined {
    const answer = this.#send('GET', this.#path(resource, ref))
    return answer.status === 404 ? undefined : this.#expect(`get ${resource} ${ref.name}`, answer)
  }

  list(resource: string, { namespace, ...selectors }: ListFilter = {}): readonly JsonObject[] {
    const answer = this.#handle({
      method: 'GET',
      path: this.#collection(resource, namespace),
      query: { ...selectors },
    })
    const items = this.#expect(`list ${resource}`, answer)['items']
    return Array.isArray(items) ? items.filter(isObject) : []
  }

  create(resource: string, object: JsonObject): JsonObject {
    const namespace = textAt(object, 'metadata', 'namespace')
    return this.#expect(`create ${resource}`, this.#send('POST', this.#collection(resource, namespace), object))
  }

  update(resource: string, object: JsonObject): JsonObject {
    return this.#expect(`update ${resource}`, this.#send('PUT', this.#path(resource, refOf(object)), object))
  }

  updateStatus(resource: string, object: JsonObject): JsonObject {
    return this.#expect(
      `update status of ${resource}`,
      this.#send('PUT', `${this.#path(resource, refOf(object))}/status`, object),
    )
  }

  /** A merge patch. */
  patch(resource: string, ref: ObjectRef, patch: JsonObject): JsonObject {
    return this.#expect(`patch ${resource} ${ref.name}`, this.#send('PATCH', this.#path(resource, ref), patch))
  }

  /** A merge patch of the status subresource: `{status: {...}}`. */
  patchStatus(resource: string, ref: ObjectRef, patch: JsonObject): JsonObject {
    return this.#expect(
      `patch status of ${resource} ${ref.name}`,
      this.#send('PATCH', `${this.#path(resource, ref)}/status`, patch),
    )
  }

  /** Already gone is fine. */
  delete(resource: string, ref: ObjectRef, { uid, ...options }: DeleteOptions = {}): void {
    const body = { ...options, ...(uid === undefined ? {} : { preconditions: { uid } }) }
    const answer = this.#send('DELETE', this.#path(resource, ref), body)
    if (answer.status !== 404) this.#expect(`delete ${resource} ${ref.name}`, answer)
  }

  /** As the scheduler does it. */
  bind(pod: ObjectRef, nodeName: string): void {
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { ...pod }, target: { kind: 'Node', name: nodeName } }
    this.#expect(`bind ${pod.name}`, this.#send('POST', `${this.#path('pods', pod)}/binding`, body))
  }

  /** The raw answer: 429 and 404 are ordinary here. */
  evict(ref: ObjectRef, deleteOptions: JsonObject = {}): ApiResponse {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { ...ref }, deleteOptions }
    return this.#send('POST', `${this.#path('pods', ref)}/eviction`, body)
  }

  #send(method: string, path: string, body?: JsonObject): ApiResponse {
    const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
    return this.#handle({ method, path, headers, ...(body === undefined ? {} : { body }) })
  }

  #handle(request: ApiRequest): ApiResponse {
    if (this.#isAway()) throw new UnexpectedStatusError(`${request.method} ${request.path}`, away)
    return this.#server.handle({ ...request, user: this.#user })
  }

  #expect(what: string, answer: ApiResponse): JsonObject {
    if (answer.status >= 300 || !isObject(answer.body)) throw new UnexpectedStatusError(what, answer)
    return answer.body
  }

  #path(resource: string, { namespace, name }: ObjectRef): string {
    return `${this.#collection(resource, namespace)}/${encodeURIComponent(name)}`
  }

  #collection(resource: string, namespace: string | undefined): string {
    return this.#server.collectionPath(resource, namespace)
  }
}

/** What a load balancer says that has no API server behind it. */
const away: ApiResponse = { status: 503, headers: {}, body: { message: 'the API server is away' } }

const refOf = (object: JsonObject): ObjectRef => ({
  namespace: textAt(object, 'metadata', 'namespace'),
  name: textAt(object, 'metadata', 'name') ?? '',
})
