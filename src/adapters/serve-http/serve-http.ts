import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { Transport, TransportRequest, TransportResponse } from '../../ports/transport.ts'
import { failure } from './failure.ts'
import { readRequest } from './read-request.ts'
import { writeAnswer } from './write-answer.ts'
import { writeWatch } from './write-watch.ts'

export interface ServeHttpOptions {
  /** 0, the default: any free port. */
  readonly port?: number
  /** PEM texts. Without them, plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface HttpServer {
  /** `http://127.0.0.1:41234` */
  readonly url: string
  /** Ends every watch and every connection. Resolves when the port is free. */
  readonly close: () => Promise<void>
}

const host = '127.0.0.1'

/** Clients keep connections for about this long; the server must not be the first to hang up. */
const keepAliveMs = 120_000

/** How long a watch lives whose client names no time. */
const watchSecondsDefault = 3_600

/** Serves any transport to any Kubernetes client over HTTP, on the loopback address alone. */
export async function serveHttp(transport: Transport, { port = 0, tls }: ServeHttpOptions = {}): Promise<HttpServer> {
  const stop = new AbortController()
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    void answer(transport, { message, response, stop: stop.signal })
  }
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  server.keepAliveTimeout = keepAliveMs
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(port, host, resolve)
  await promise
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return { url: `${tls === undefined ? 'http' : 'https'}://${host}:${bound}`, close: () => close(server, stop) }
}

async function close(server: Server, stop: AbortController): Promise<void> {
  stop.abort()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  await promise
}

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  /** Aborted when the server closes. */
  readonly stop: AbortSignal
}

/** Never rejects: what goes wrong is told to the client, or the client is gone. */
async function answer(transport: Transport, exchange: Exchange): Promise<void> {
  const { message, response } = exchange
  try {
    const read = await readRequest(message)
    if (!read.ok) await writeAnswer(response, read.answer)
    else if (read.isWatch) await answerWatch(transport, read.request, exchange)
    else await writeAnswer(response, await transport.request(read.request))
  } catch (error) {
    if (response.headersSent) response.destroy()
    else await writeAnswer(response, failureOf(error))
  }
}

async function answerWatch(
  transport: Transport,
  request: TransportRequest,
  { response, stop }: Exchange,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const asked = Number(request.query?.['timeoutSeconds'])
  const seconds = asked > 0 ? asked : watchSecondsDefault
  const signal = AbortSignal.any([gone.signal, stop, AbortSignal.timeout(seconds * 1_000)])
  const stream = await transport.stream(request, signal)
  if (stream.status !== 200) return await writeAnswer(response, stream)
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    ...stream.headers,
  })
  response.flushHeaders()
  await writeWatch(response, stream.events)
  response.end()
}

function failureOf(error: unknown): TransportResponse {
  const said = error instanceof Error ? error.message : String(error)
  if (error instanceof TimeoutError) return failure(504, 'Timeout', said)
  if (error instanceof UnavailableError) return failure(503, 'ServiceUnavailable', said)
  return failure(500, 'InternalError', said)
}
