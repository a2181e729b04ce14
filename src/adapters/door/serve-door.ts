import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { safeText } from '../../kernel/hostile-text.ts'
import { seconds } from '../../kernel/time.ts'
import type { HttpAnswer, HttpDoor, RequestHead } from '../../ports/http-door.ts'
import type { Log } from '../../ports/journal.ts'
import { readBody } from './read-body.ts'
import { followTlsFiles, readTlsFiles, type TlsFiles } from './tls-files.ts'

export interface ServeDoorOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Left out: plain HTTP. */
  readonly tls?: TlsFiles | undefined
  /** How often files of TLS are read again: certificates are renewed under us. */
  readonly tlsReadEveryMs?: number
  /** Covers a whole request with its body. */
  readonly requestTimeoutMs?: number
}

export interface ServedDoor {
  readonly port: number
  /** Resolves when the port is free. */
  readonly close: () => Promise<void>
}

/** Each of them may hold one body. */
const connectionsMax = 64

/** Serves a door. Throws where the port is taken or files of TLS cannot be read. */
export async function serveDoor(door: HttpDoor, options: ServeDoorOptions, log: Log): Promise<ServedDoor> {
  const { server, release } = serverOf(options, log)
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    exchange(door, message, response).catch((error: unknown) => {
      log.error('Could not answer a request', { cause: safeText(String(error)) })
      response.destroy()
    })
  }
  // Who asks first whether a body is welcome is told before it is sent.
  server.on('request', listener).on('checkContinue', listener)
  server.maxConnections = connectionsMax
  // Whoever keeps a connection for later makes room for whoever asks now.
  server.on('drop', () => server.closeIdleConnections())
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(options.port, options.host, resolve)
  await promise
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: async () => {
      release()
      // Not `closeAllConnections`: that knows of none whose handshake is not over.
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function serverOf(options: ServeDoorOptions, log: Log): { readonly server: Server | TlsServer; release: () => void } {
  const { tls, tlsReadEveryMs = seconds(60), requestTimeoutMs = seconds(10) } = options
  const headersTimeout = Math.min(requestTimeoutMs, seconds(5))
  const limits: ServerOptions = {
    requestTimeout: requestTimeoutMs,
    headersTimeout,
    connectionsCheckingInterval: Math.min(requestTimeoutMs, seconds(1)),
    keepAliveTimeout: seconds(30),
  }
  if (tls === undefined) return { server: createServer(limits), release: () => {} }
  const mutual = tls.clientCAFile !== undefined
  const handshake = { handshakeTimeout: headersTimeout, requestCert: mutual, rejectUnauthorized: mutual }
  const server = createTlsServer({ ...limits, ...readTlsFiles(tls), ...handshake })
  const release = followTlsFiles(tls, { everyMs: tlsReadEveryMs, use: (read) => server.setSecureContext(read), log })
  return { server, release }
}

async function exchange(door: HttpDoor, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const refused = door.admit(headOf(message))
  // What still comes of its body is thrown away by Node, for as long as a request may take.
  if (refused !== undefined) return write(response, refused)
  if (message.headers.expect !== undefined) response.writeContinue()
  const body = await readBody(message, door.bodyBytesMax)
  if (body.kind === 'Gone') return
  write(response, body.kind === 'TooLarge' ? door.tooLarge() : door.answer(body.text))
}

function write(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function headOf({ method = '', url = '', headers }: IncomingMessage): RequestHead {
  const [path = ''] = url.split('?')
  const single = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return { method, path, headers: Object.fromEntries(single) }
}
