import type { Prng } from '../src/kernel/prng.ts'
import type { Clock } from '../src/ports/clock.ts'
import { TimeoutError, UnavailableError } from '../src/ports/errors.ts'
import type { Transport, TransportRequest, TransportResponse, TransportStream } from '../src/ports/transport.ts'

export interface FaultyOptions {
  readonly clock: Clock
  readonly prng: Prng
}

/** A network that loses requests and answers, breaks watches, lets them hang half open, and loses single events. */
export class FaultyTransport implements Transport {
  readonly #inner: Transport
  readonly #clock: Clock
  readonly #prng: Prng
  /** How often something goes wrong, per mille; 0: the network is healed. */
  perMille = 0
  #draws = 0

  constructor(inner: Transport, { clock, prng }: FaultyOptions) {
    this.#inner = inner
    this.#clock = clock
    this.#prng = prng
  }

  readonly request = async (request: TransportRequest): Promise<TransportResponse> => {
    if (this.#strikes('refused')) throw new UnavailableError('connection refused')
    if (this.#strikes('lost request')) return await this.#late(request)
    if (this.#strikes('throttled')) return { status: 429, headers: { 'retry-after': '3' }, body: undefined }
    const answer = await this.#inner.request(request)
    if (this.#strikes('lost answer')) return await this.#late(request)
    if (this.#strikes('slow')) await this.#clock.sleep(Math.min(2_000, request.timeoutMs - 1))
    return answer
  }

  readonly stream = async (request: TransportRequest, signal: AbortSignal): Promise<TransportStream> => {
    if (this.#strikes('refused')) throw new UnavailableError('connection refused')
    if (this.#strikes('unavailable')) return { status: 503, headers: {}, body: undefined, events: none() }
    const stream = await this.#inner.stream(request, signal)
    return { ...stream, events: this.#broken(stream.events, signal) }
  }

  async #late(request: TransportRequest): Promise<never> {
    await this.#clock.sleep(request.timeoutMs)
    throw new TimeoutError('no answer')
  }

  async *#broken(events: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<unknown, void> {
    for await (const event of events) {
      if (this.#strikes('reset')) throw new TimeoutError('connection reset')
      if (this.#strikes('end')) return
      if (this.#strikes('half open')) {
        await aborted(signal)
        return
      }
      if (this.#strikes('garbage')) yield undefined
      if (!this.#strikes('lost event')) yield event
    }
  }

  #strikes(fault: string): boolean {
    this.#draws += 1
    return this.perMille > 0 && this.#prng.fork(`${fault}/${this.#draws}`).chance(this.perMille)
  }
}

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

async function* none(): AsyncGenerator<unknown, void> {}
