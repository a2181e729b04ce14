import { at, isObject, textAt } from '../../kernel/json.ts'
import type { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { ApiRequest, ApiResponse } from '../api-server/api-request.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { Loop } from '../loop.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'

export interface StaleViewsOptions {
  readonly loop: Loop
  readonly server: ApiServer
  readonly faults: Faults
  readonly prng: Prng
}

const oldestMs = minutes(5)

/**
 * API servers whose caches lag behind: whoever asks for any version (`resourceVersion=0`) may be shown the past, and a later past
 * than the last time. Who asks without a version is shown what is.
 */
export class StaleViews {
  readonly #options: StaleViewsOptions
  readonly #revisions: { readonly at: number; readonly revision: number }[] = []

  constructor(options: StaleViewsOptions) {
    this.#options = options
    this.#remember()
  }

  /** Undefined: the present answers. */
  answer(process: Process, request: ApiRequest): ApiResponse | undefined {
    const asksForAny = request.method === 'GET' && request.query?.['resourceVersion'] === '0'
    if (!asksForAny || !this.#options.faults.happens('StaleRead', process)) return undefined
    const revision = this.#someRevision()
    return revision === undefined ? undefined : this.#asOf(revision, request)
  }

  /** A list at an exact version is what the API server can give of its past; of one object it is a list of one. */
  #asOf(revision: number, request: ApiRequest): ApiResponse | undefined {
    const past = { resourceVersion: String(revision), resourceVersionMatch: 'Exact' }
    const { server } = this.#options
    const whole = server.handle({ ...request, query: { ...request.query, ...past } })
    if (whole.status === 200 && Array.isArray(at(whole.body, 'items'))) return whole
    const slash = request.path.lastIndexOf('/')
    const name = decodeURIComponent(request.path.slice(slash + 1))
    const list = server.handle({
      ...request,
      path: request.path.slice(0, slash),
      query: { ...past, fieldSelector: `metadata.name=${name}` },
    })
    const items = at(list.body, 'items')
    if (list.status !== 200 || !Array.isArray(items)) return undefined
    const [object] = items
    if (!isObject(object)) return undefined
    const kind = (textAt(list.body, 'kind') ?? '').replace(/List$/, '')
    return { ...list, body: { kind, apiVersion: textAt(list.body, 'apiVersion') ?? '', ...object } }
  }

  #someRevision(): number | undefined {
    const { prng } = this.#options
    return this.#revisions.length === 0 ? undefined : this.#revisions[prng.int(0, this.#revisions.length - 1)]?.revision
  }

  #remember(): void {
    const { loop, server } = this.#options
    this.#revisions.push({ at: loop.now(), revision: server.resourceVersion })
    while (this.#revisions[0] !== undefined && this.#revisions[0].at < loop.now() - oldestMs) this.#revisions.shift()
    loop.after(seconds(5), () => this.#remember())
  }
}
