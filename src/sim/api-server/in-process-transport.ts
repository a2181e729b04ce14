import type { Transport, TransportRequest, TransportStream } from '../../ports/transport.ts'
import { type ApiRequest, isRefused, type WatchEvent } from './api-request.ts'
import type { ApiServer } from './api-server.ts'

/** The server behind the transport port, on microtasks alone: no bytes, no timers, no loss. Watches end when their signal aborts. */
export function inProcessTransport(server: ApiServer, user?: string): Transport {
  const apiRequest = (request: TransportRequest): ApiRequest => ({
    method: request.method,
    path: request.path,
    query: request.query ?? {},
    headers: request.headers ?? {},
    body: request.body,
    ...(user === undefined ? {} : { user }),
  })
  return {
    request: async (request) => server.handle(apiRequest(request)),
    stream: async (request, signal) => openStream(server, apiRequest(request), signal),
  }
}

function openStream(server: ApiServer, request: ApiRequest, signal: AbortSignal): TransportStream {
  const queue = new EventQueue()
  const answer = server.watch(request, { event: (event) => queue.push(event), end: () => queue.end() })
  if (isRefused(answer)) return { ...answer, events: noEvents() }
  const stop = (): void => {
    signal.removeEventListener('abort', stop)
    answer.stop()
    queue.end()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return { status: 200, headers: { 'content-type': 'application/json' }, body: undefined, events: queue.drain(stop) }
}

async function* noEvents(): AsyncGenerator {}

/** Unbounded on purpose: the simulated network decides about slowness, not this queue. */
class EventQueue {
  #events: WatchEvent[] = []
  #ended = false
  #wake: () => void = () => {}

  push(event: WatchEvent): void {
    this.#events.push(event)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *drain(stop: () => void): AsyncGenerator {
    try {
      for (;;) {
        const ready = this.#events
        this.#events = []
        yield* ready
        if (this.#events.length > 0) continue
        if (this.#ended) return
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        await promise
      }
    } finally {
      stop()
    }
  }
}
