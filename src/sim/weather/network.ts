import type { Prng } from '../../kernel/prng.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { clusterTravelMaxMs, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { Transport, TransportRequest, TransportResponse, TransportStream } from '../../ports/transport.ts'
import { type ApiRequest, isRefused } from '../api-server/api-request.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { Loop } from '../loop.ts'
import type { Fault, Faults } from './faults.ts'
import type { Process } from './process.ts'
import { SimStream } from './sim-stream.ts'

/** What a request did, at the moment at which the server served it. */
export interface Served {
  readonly by: Process
  readonly request: TransportRequest
  /** When it left the process: it may have travelled for long. */
  readonly sentAt: Instant
  readonly status: number
  readonly response: TransportResponse
}

export interface NetworkOptions {
  readonly loop: Loop
  readonly faults: Faults
  readonly prng: Prng
  readonly server: ApiServer
  /** Whom the API server takes the processes for. */
  readonly user: string
  readonly witness: (served: Served) => void
  /** Somebody else writes to the object just before we do. */
  readonly disturb: (path: string) => void
}

const ordinaryTravelMaxMs = 15

/** The road between a process and the API server. What is lost on it, the sender cannot know. */
export class Network {
  readonly #options: NetworkOptions

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  transportOf(process: Process): Transport {
    return {
      request: async (request) => await this.#request(process, request),
      stream: async (request, signal) => await this.#stream(process, request, signal),
    }
  }

  #request(process: Process, request: TransportRequest): Promise<TransportResponse> {
    const { loop } = this.#options
    const fate = this.#drawFate()
    const sentAt = loop.now()
    return new Promise((resolve, reject) => {
      const doing = `${request.method} ${request.path}`
      const fail = (error: Error): void => process.resume(() => reject(error))
      if (fate === 'ServerRefused') {
        loop.after(1, () => fail(new UnavailableError(`${doing}: connection refused`)))
        return
      }
      if (fate !== 'Delivered' && fate !== 'Throttled') {
        loop.after(request.timeoutMs, () => fail(new TimeoutError(`${doing}: no answer`)))
      }
      if (fate === 'RequestLost') return
      loop.after(this.#travelMs(fate, request), () => {
        const answer = fate === 'Throttled' ? throttled : this.#serve(request)
        this.#options.witness({ by: process, request, sentAt, status: answer.status, response: answer })
        if (fate === 'Delivered' || fate === 'Throttled') {
          loop.after(this.#travelMs('Delivered', request), () => process.resume(() => resolve(answer)))
        }
      })
    })
  }

  #serve(request: TransportRequest): TransportResponse {
    const { server, faults, disturb } = this.#options
    if (request.method === 'PATCH' && faults.happens('ConflictingWrite')) disturb(request.path)
    if (faults.happens('Compacted')) server.compact()
    return server.handle(this.#asApiRequest(request))
  }

  async #stream(process: Process, request: TransportRequest, signal: AbortSignal): Promise<TransportStream> {
    const { loop, server, faults, prng } = this.#options
    const doing = `watch ${request.path}`
    if (faults.happens('ServerRefused')) {
      await this.#pause(process, 1)
      throw new UnavailableError(`${doing}: connection refused`)
    }
    await this.#pause(process, prng.int(1, ordinaryTravelMaxMs))
    const stream = new SimStream({ loop, faults, prng, process, doing })
    const answer = server.watch(this.#asApiRequest(request), { event: stream.push, end: stream.end })
    if (isRefused(answer)) return { ...answer, events: nothing() }
    stream.open(answer, signal)
    return { status: 200, headers: {}, body: undefined, events: stream.events() }
  }

  #pause(process: Process, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.loop.after(ms, () => process.resume(resolve))
    })
  }

  #asApiRequest({ method, path, query = {}, headers = {}, body }: TransportRequest): ApiRequest {
    return { method, path, query, headers, body, user: this.#options.user }
  }

  #drawFate(): Fate {
    return fates.find((fate) => this.#options.faults.happens(fate)) ?? 'Delivered'
  }

  /** Late: the caller has given up by then, and still it happens. */
  #travelMs(fate: Fate, { timeoutMs }: TransportRequest): number {
    const { prng } = this.#options
    if (fate !== 'RequestLate') return prng.int(1, ordinaryTravelMaxMs)
    return prng.int(Math.min(timeoutMs, clusterTravelMaxMs - 1), clusterTravelMaxMs)
  }
}

const fates = [
  'RequestLost',
  'RequestLate',
  'ResponseLost',
  'ServerRefused',
  'Throttled',
] as const satisfies readonly Fault[]
type Fate = (typeof fates)[number] | 'Delivered'

/** Priority and fairness, not a disruption budget: the two must not be taken for each other. */
const throttled: TransportResponse = {
  status: 429,
  headers: { 'retry-after': String(seconds(1) / 1_000) },
  body: {
    kind: 'Status',
    status: 'Failure',
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
    code: 429,
  },
}

async function* nothing(): AsyncGenerator {}
