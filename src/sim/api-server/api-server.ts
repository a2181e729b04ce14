import type { Instant } from '../../kernel/time.ts'
import type { ApiRequest, ApiResponse, Change, WatchHandle, WatchSink } from './api-request.ts'

export interface ApiServerOptions {
  readonly now: () => Instant
  /** UIDs and generated names depend on it and on the order of writes, on nothing else. */
  readonly seed?: number
  /** How many changes of one resource a watch may lag behind before it is told 410. */
  readonly historyMax?: number
}

/** A Kubernetes API server in memory: synchronous, without a clock or chance of its own. */
export class ApiServer {
  readonly #now: () => Instant

  constructor(options: ApiServerOptions) {
    this.#now = options.now
  }

  /** The number of the last write. */
  get resourceVersion(): number {
    return 0
  }

  /** Every verb but watch. */
  handle(request: ApiRequest): ApiResponse {
    return { status: 404, headers: {}, body: { kind: 'Status', path: request.path, at: this.#now() } }
  }

  /** The path of a collection named as kubectl names it, by plural and group: `pods`, `deployments.apps`. */
  collectionPath(resource: string, namespace?: string): string {
    return namespace === undefined ? `/api/v1/${resource}` : `/api/v1/namespaces/${namespace}/${resource}`
  }

  /** Initial events reach the sink before this returns. An answer with a status: refused (`isRefused`). */
  watch(request: ApiRequest, sink: WatchSink): WatchHandle | ApiResponse {
    return sink === undefined ? { timeoutSeconds: undefined, stop() {}, close() {} } : this.handle(request)
  }

  /** Told of every committed write, in order, after watches were told. A listener may write: that change follows. Returns its own end. */
  onChange(listener: (change: Change) => void): () => void {
    return () => listener.length
  }

  /** Sends a bookmark to every watch that allows them, as the server does about once a minute. */
  bookmark(): void {}

  /** Forgets history: watches and list continuations from before get 410. */
  compact(): void {}
}
