import type { Dispatcher } from 'undici'
import type { Clock } from '../../ports/clock.ts'
import type { Transport, TransportRequest, TransportResponse, TransportStream } from '../../ports/transport.ts'
import type { Timely } from '../timely.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { Connections } from './connections.ts'
import { credentialsOf } from './credentials.ts'
import type { Dispatchers } from './dispatchers.ts'
import type { Credentials, Identity } from './identity.ts'
import { inTurns } from './in-turns.ts'
import { jsonLines, parsedOrUndefined } from './json-lines.ts'
import { transportError } from './transport-error.ts'
import { textWithout, unreadOf } from './unread.ts'

export interface UndiciTransportOptions {
  readonly access: ClusterAccess
  readonly clock: Pick<Clock, 'now' | 'mono'>
  /** Of the program, for the API server's audit log. */
  readonly version: string
}

/** A real API server over HTTP/1.1. */
export class UndiciTransport implements Transport {
  readonly #origin: string
  readonly #prefix: string
  readonly #userAgent: string
  readonly #credentials: Credentials
  readonly #connections: Connections
  readonly #clock: Pick<Clock, 'mono'>

  constructor({ access, clock, version }: UndiciTransportOptions) {
    const { origin, pathname } = new URL(access.server)
    this.#origin = origin
    this.#prefix = pathname === '/' ? '' : pathname
    this.#userAgent = `prunella/${version}`
    this.#credentials = credentialsOf(access, clock)
    this.#clock = clock
    this.#connections = new Connections(access.tls, clock)
  }

  readonly request = async (request: TransportRequest): Promise<TransportResponse> => {
    const timeout = new Timeout(request.timeoutMs)
    try {
      const answer = await this.#asOurselves(request, { timeout, pick: dispatcherOf(request) })
      return await responseOf(answer, request)
    } catch (error) {
      throw transportError(timeout.reason ?? error, doingOf(request))
    } finally {
      timeout.clear()
    }
  }

  readonly stream = async (request: TransportRequest, signal: AbortSignal): Promise<TransportStream> => {
    const timeout = new Timeout(request.timeoutMs, signal)
    try {
      const answer = await this.#asOurselves(request, { timeout, pick: ({ watches }) => watches })
      if (answer.statusCode !== 200) return { ...(await responseOf(answer, request)), events: nothing() }
      const events = jsonLines(chunksOf(answer.body, request, signal), { unread: unreadOf(request.unread) })
      return { status: 200, headers: headersOf(answer), body: undefined, events }
    } catch (error) {
      throw transportError(timeout.reason ?? error, doingOf(request))
    } finally {
      timeout.clear()
    }
  }

  /** Breaks off whatever is under way. */
  readonly close = async (): Promise<void> => {
    await this.#connections.destroy()
  }

  /** A 401 did nothing, so the request may be sent again as soon as there is a new credential. */
  async #asOurselves(request: TransportRequest, sending: Sending): Promise<Dispatcher.ResponseData<unknown>> {
    const answer = await this.#send(request, await this.#credentials.current(), sending)
    if (answer.statusCode !== 401 || !(await this.#credentials.renew())) return answer
    await answer.body.dump()
    return await this.#send(request, await this.#credentials.current(), sending)
  }

  async #send(
    request: TransportRequest,
    { authorization, client }: Identity,
    { timeout, pick }: Sending,
  ): Promise<Dispatcher.ResponseData<unknown>> {
    const dispatchers = await this.#connections.current(client)
    return await pick(dispatchers).request<unknown>({
      origin: this.#origin,
      method: request.method,
      path: `${this.#prefix}${request.path}${queryOf(request)}`,
      headers: {
        'user-agent': this.#userAgent,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: timeout.signal,
      ...(request.notAfter === undefined
        ? {}
        : { opaque: { notAfter: request.notAfter, mono: this.#clock.mono } satisfies Timely }),
    })
  }
}

interface Sending {
  readonly timeout: Timeout
  readonly pick: (dispatchers: Dispatchers) => Dispatcher
}

const dispatcherOf =
  ({ lane }: TransportRequest) =>
  ({ lease, requests }: Dispatchers): Dispatcher =>
    lane === 'Lease' ? lease : requests

const queryOf = ({ query = {} }: TransportRequest): string => {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}

const doingOf = ({ method, path }: TransportRequest): string => `${method} ${path}`

/** Covers connecting, sending, waiting and, for a request, the whole answer. */
class Timeout {
  readonly #abort = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly signal: AbortSignal
  /** Why it was broken off, if it was the timer. */
  reason: Error | undefined

  constructor(ms: number, outer?: AbortSignal) {
    this.signal = outer === undefined ? this.#abort.signal : AbortSignal.any([this.#abort.signal, outer])
    this.#timer = setTimeout(() => {
      this.reason = new Error(`no answer within ${ms} ms`)
      this.#abort.abort()
    }, ms)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

async function responseOf(
  answer: Dispatcher.ResponseData<unknown>,
  { unread }: TransportRequest,
): Promise<TransportResponse> {
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const body = bytes.length === 0 ? undefined : parsedOrUndefined(textWithout(bytes, unreadOf(unread)))
  return { status: answer.statusCode, headers: headersOf(answer), body }
}

const headersOf = ({ headers }: Dispatcher.ResponseData<unknown>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )

/** Ends quietly when it is told to, and throws when the connection does. */
async function* chunksOf(
  body: AsyncIterable<Buffer>,
  request: TransportRequest,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  try {
    yield* inTurns(body)
  } catch (error) {
    if (!signal.aborted) throw transportError(error, doingOf(request))
  }
}

async function* nothing(): AsyncGenerator<unknown, void> {}
