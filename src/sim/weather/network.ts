import type { Prng } from '../../kernel/prng.ts'
import { httpDate, type Instant, seconds } from '../../kernel/time.ts'
import { clusterTravelMaxMs, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { Transport, TransportRequest, TransportResponse, TransportStream } from '../../ports/transport.ts'
import { type ApiRequest, isRefused } from '../api-server/api-request.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { Loop } from '../loop.ts'
import type { Chance } from '../plan/fault.ts'
import { cannedAnswer } from './canned-answers.ts'
import type { Faults } from './faults.ts'
import type { Outages } from './outages.ts'
import type { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'
import { SimStream } from './sim-stream.ts'
import type { StaleViews } from './stale-views.ts'
import type { Strikes } from './strikes.ts'

/** What a request did, at the moment at which the server served it. */
export interface Served {
  readonly by: Process
  /** Which request of its process, the first being 1. */
  readonly number: number
  readonly request: TransportRequest
  /** When it left the process: it may have travelled for long. */
  readonly sentAt: Instant
  readonly status: number
  readonly response: TransportResponse
}

/** A request at one of the two moments at which a process can die of it. */
export interface Passing {
  readonly by: Process
  readonly number: number
  readonly request: TransportRequest
  readonly moment: 'BeforeSent' | 'AfterServed'
}

export interface NetworkOptions {
  readonly loop: Loop
  readonly faults: Faults
  readonly outages: Outages
  readonly strikes: Strikes
  readonly prng: Prng
  readonly server: ApiServer
  readonly views: StaleViews
  /** Whom the API server takes the processes for. */
  readonly user: string
  readonly witness: (served: Served) => void
  readonly tell: (event: ProcessEvent) => void
  /** Told of every request before it leaves, watches too, and again when it was served and its answer is about to leave. */
  readonly onRequest: (passing: Passing) => void
  /** Somebody else writes to the object just before we do. */
  readonly disturb: (path: string) => void
}

interface Sent {
  readonly by: Process
  readonly number: number
  readonly request: TransportRequest
  readonly sentAt: Instant
}

const ordinaryTravelMaxMs = 15
const slowAnswerMs = { least: seconds(1), most: 4_500 }

/** The road between a process and the API server. What is lost on it, the sender cannot know. */
export class Network {
  readonly #options: NetworkOptions

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  transportOf(process: Process): Transport {
    return {
      request: async (request) => {
        const sent = await this.#leave(process, request)
        return await this.#travel(sent)
      },
      stream: async (request, signal) => {
        const sent = await this.#leave(process, request)
        return await this.#openStream(sent, signal)
      },
    }
  }

  /** From the call to the moment at which the packet is out: a process can be killed here, or frozen. */
  #leave(by: Process, request: TransportRequest): Promise<Sent> {
    const number = by.countRequest()
    if (request.method !== 'GET') by.replica.freezeIfDue()
    return new Promise((resolve, reject) => {
      by.resume(() => {
        if (request.notAfter !== undefined && by.clock.mono() > request.notAfter) {
          reject(new UnavailableError(`${request.method} ${request.path}: it is too late to send it`))
          return
        }
        this.#pass({ by, number, request, moment: 'BeforeSent' })
        if (by.isAlive) resolve({ by, number, request, sentAt: this.#options.loop.now() })
      })
    })
  }

  #pass(passing: Passing): void {
    const killed = passing.moment === 'BeforeSent' ? 'KilledBefore' : 'KilledAfter'
    if (this.#options.strikes.hit(killed, passing)) passing.by.replica.crash()
    this.#options.onRequest(passing)
  }

  #travel(sent: Sent): Promise<TransportResponse> {
    const { loop, outages } = this.#options
    const { by, request } = sent
    const fate = this.#fateOf(sent)
    return new Promise((resolve, reject) => {
      const doing = `${request.method} ${request.path}`
      const fail = (error: Error): void => by.resume(() => reject(error))
      if (fate === 'ServerRefused') {
        loop.after(1, () => fail(new UnavailableError(`${doing}: connection refused`)))
        return
      }
      const callOff = loop.after(by.replica.clock.trueMs(request.timeoutMs), () =>
        fail(new TimeoutError(`${doing}: no answer`)),
      )
      if (fate === 'RequestLost') return
      loop.after(this.#travelMs(fate, request), () => {
        // It went away in the meantime: nobody is there to serve it.
        if (outages.isServerDown) return
        const answer = this.#answer(fate, sent)
        if (fate === 'RequestLate' || fate === 'ResponseLost' || this.#isBlocked(sent)) return
        loop.after(this.#travelMs('Delivered', request), () => {
          callOff()
          by.resume(() => resolve(answer))
        })
      })
    })
  }

  #answer(fate: Fate, sent: Sent): TransportResponse {
    const { witness, loop } = this.#options
    const { by, number, request, sentAt } = sent
    const answer = isRefusal(fate) ? cannedAnswer(fate, loop.now()) : this.#serve(sent)
    witness({ by, number, request, sentAt, status: answer.status, response: answer })
    this.#pass({ by, number, request, moment: 'AfterServed' })
    return fate === 'ServerTimedOut' ? cannedAnswer('ServerTimedOut', loop.now()) : answer
  }

  #serve(sent: Sent): TransportResponse {
    const { server, views, disturb } = this.#options
    const { by, request } = sent
    if (request.method === 'PATCH' && this.#happens('ConflictingWrite', sent)) disturb(request.path)
    if (this.#happens('Compacted', sent)) server.compact()
    return views.answer(by, this.#asApiRequest(request)) ?? server.handle(this.#asApiRequest(request))
  }

  async #openStream(sent: Sent, signal: AbortSignal): Promise<TransportStream> {
    const { loop, server, faults, outages, strikes, prng, tell } = this.#options
    const { by, request } = sent
    const doing = `watch ${request.path}`
    if (outages.isServerDown || this.#happens('ServerRefused', sent)) {
      await this.#pause(by, 1)
      throw new UnavailableError(`${doing}: connection refused`)
    }
    if (this.#isBlocked(sent)) {
      await this.#pause(by, by.replica.clock.trueMs(request.timeoutMs))
      throw new TimeoutError(`${doing}: no answer`)
    }
    await this.#pause(by, prng.int(1, ordinaryTravelMaxMs))
    const stream = new SimStream({ loop, faults, outages, strikes, prng, process: by, path: request.path, tell })
    const answer = server.watch(this.#asApiRequest(request), { event: stream.push, end: stream.end })
    if (isRefused(answer)) return { ...answer, events: nothing() }
    stream.open(answer, signal)
    this.#pass({ by, number: sent.number, request, moment: 'AfterServed' })
    return { status: 200, headers: { date: httpDate(loop.now()) }, body: undefined, events: stream.events() }
  }

  #pause(process: Process, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.loop.after(ms, () => process.resume(resolve))
    })
  }

  #asApiRequest({ method, path, query = {}, headers = {}, body }: TransportRequest): ApiRequest {
    return { method, path, query, headers, body, user: this.#options.user }
  }

  #fateOf(sent: Sent): Fate {
    const { outages } = this.#options
    if (outages.isServerDown) return 'ServerRefused'
    if (this.#isBlocked(sent)) return 'RequestLost'
    const isWrite = sent.request.method !== 'GET'
    if (isWrite && outages.etcdReadOnly.isHeld) return 'EtcdReadOnly'
    const possible = isWrite ? [...fates, ...fatesOfWrites] : fates
    return possible.find((fate) => this.#happens(fate, sent)) ?? 'Delivered'
  }

  #isBlocked({ by, request }: Sent): boolean {
    return this.#options.outages.blocks(by, request.path)
  }

  #happens(fault: Chance, sent: Sent): boolean {
    return this.#options.strikes.hit(fault, sent) || this.#options.faults.happens(fault, sent.by)
  }

  /** Late: the caller has given up by then, and still it happens. */
  #travelMs(fate: Fate, { timeoutMs }: TransportRequest): number {
    const { prng } = this.#options
    if (fate === 'RequestLate') return prng.int(Math.min(timeoutMs, clusterTravelMaxMs - 1), clusterTravelMaxMs)
    if (fate === 'AnswerSlow' || fate === 'WebhookSlow') return prng.int(slowAnswerMs.least, slowAnswerMs.most)
    return prng.int(1, ordinaryTravelMaxMs)
  }
}

const fates = [
  'RequestLost',
  'RequestLate',
  'ResponseLost',
  'ServerRefused',
  'Throttled',
  'ServerFailed',
  'ServerTimedOut',
  'AnswerSlow',
  'ServerUnavailable',
] as const satisfies readonly Chance[]
const fatesOfWrites = ['WebhookFailed', 'WebhookSlow'] as const satisfies readonly Chance[]
type Fate = (typeof fates)[number] | (typeof fatesOfWrites)[number] | 'EtcdReadOnly' | 'Delivered'

/** The API server says so and does nothing. */
const isRefusal = (
  fate: Fate,
): fate is 'Throttled' | 'ServerUnavailable' | 'ServerFailed' | 'WebhookFailed' | 'WebhookSlow' | 'EtcdReadOnly' =>
  fate === 'Throttled' ||
  fate === 'ServerUnavailable' ||
  fate === 'ServerFailed' ||
  fate === 'WebhookFailed' ||
  fate === 'WebhookSlow' ||
  fate === 'EtcdReadOnly'

async function* nothing(): AsyncGenerator {}
