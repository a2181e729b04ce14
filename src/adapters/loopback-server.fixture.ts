import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { first } from './loopback-certificates.fixture.ts'

/** A real server on the loopback, over TLS where a certificate is given. */
export async function startLoopback(
  listener: RequestListener,
  tls?: typeof first,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const made =
    tls === undefined ? createServer(listener) : createTlsServer({ cert: tls.certificate, key: tls.key }, listener)
  const server = made.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { port: address.port, close }
}
