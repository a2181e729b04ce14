import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'

export interface Loopback {
  readonly port: number
  readonly connections: () => number
  /** From now on with another certificate. */
  readonly rotate: (identity: TlsIdentity) => void
  /** Breaks every connection. */
  readonly close: () => Promise<void>
}

interface TlsIdentity {
  readonly certificate: string
  readonly key: string
  /** Given: clients must show a certificate of this authority. */
  readonly clientAuthority?: string
}

/** A real server on the loopback, with TLS where an identity is given. */
export async function listen(listener: RequestListener, identity?: TlsIdentity): Promise<Loopback> {
  const server = identity === undefined ? createServer(listener) : createTlsServer(tlsOf(identity), listener)
  let connections = 0
  server.on('connection', () => (connections += 1))
  const port = await portOf(server)
  return {
    port,
    connections: () => connections,
    rotate: (next) => {
      if (server instanceof TlsServer) server.setSecureContext(tlsOf(next))
      server.closeAllConnections()
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!isInternet(address)) throw new Error('the server has no port')
  return address.port
}

const isInternet = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null

const tlsOf = ({ certificate, key, clientAuthority }: TlsIdentity) => ({
  cert: certificate,
  key,
  ...(clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true }),
})
