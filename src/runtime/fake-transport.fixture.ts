import type { Json } from '../kernel/json.ts'
import type { Transport, TransportRequest, TransportResponse, TransportStream } from '../ports/transport.ts'

type Answer = TransportResponse | Error

/** A transport whose answers a test writes: requests are kept, and every watch is in the test's hands. */
export class FakeTransport implements Transport {
  readonly requests: TransportRequest[] = []
  readonly streams: FakeStream[] = []
  /** By default nothing is there. */
  respond: (request: TransportRequest) => Answer | Promise<Answer> = () => notFound('nothing')
  /** By default every watch opens. */
  open: (request: TransportRequest) => Answer = () => ok({})

  readonly request = async (request: TransportRequest): Promise<TransportResponse> => {
    this.requests.push(request)
    return valueOf(await this.respond(request))
  }

  readonly stream = async (request: TransportRequest, signal: AbortSignal): Promise<TransportStream> => {
    const stream = new FakeStream(request, signal)
    const { status, headers, body } = valueOf(this.open(request))
    if (status === 200) this.streams.push(stream)
    return { status, headers, body, events: stream }
  }

  /** The watch that was opened last. */
  get watch(): FakeStream {
    const stream = this.streams.at(-1)
    if (stream === undefined) throw new Error('no watch is open')
    return stream
  }
}

export class FakeStream implements AsyncIterable<unknown> {
  readonly request: TransportRequest
  readonly #signal: AbortSignal
  readonly #told: (IteratorResult<unknown> | Error)[] = []
  #listener: (() => void) | undefined

  constructor(request: TransportRequest, signal: AbortSignal) {
    this.request = request
    this.#signal = signal
    signal.addEventListener('abort', () => this.#listener?.(), { once: true })
  }

  get isClosed(): boolean {
    return this.#signal.aborted
  }

  send(...events: readonly unknown[]): void {
    for (const value of events) this.#tell({ done: false, value })
  }

  end(): void {
    this.#tell({ done: true, value: undefined })
  }

  fail(error: Error): void {
    this.#tell(error)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void> {
    for (;;) {
      if (this.#signal.aborted) return
      const next = this.#told.shift()
      if (next instanceof Error) throw next
      if (next?.done === true) return
      if (next === undefined) await new Promise<void>((resolve) => (this.#listener = resolve))
      else yield next.value
    }
  }

  #tell(event: IteratorResult<unknown> | Error): void {
    this.#told.push(event)
    this.#listener?.()
  }
}

const valueOf = (answer: Answer): TransportResponse => {
  if (answer instanceof Error) throw answer
  return answer
}

export const ok = (body: Json): TransportResponse => ({ status: 200, headers: {}, body })

interface Failing {
  readonly reason?: string
  readonly message?: string
  readonly details?: Json
  readonly headers?: Readonly<Record<string, string>>
}

/** As the API server says no: with a `Status` object. */
export const failed = (
  status: number,
  { reason = '', message = '', details = {}, headers = {} }: Failing = {},
): TransportResponse => ({
  status,
  headers,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message, details },
})

export const notFound = (name: string): TransportResponse => failed(404, { reason: 'NotFound', details: { name } })
