import { Agent, type Dispatcher } from 'undici'
import { seconds } from '../../kernel/time.ts'
import { refuseLate } from '../timely.ts'

/** Own connections for each: neither a slow list nor a hundred watches may delay the renewal of the lease. */
export interface Dispatchers {
  readonly requests: Dispatcher
  readonly watches: Dispatcher
  readonly lease: Dispatcher
}

/** As `tls.connect` takes them. */
export interface Certificates {
  readonly rejectUnauthorized?: boolean
  readonly servername?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

export const createDispatchers = (tls: Certificates): Dispatchers => ({
  requests: createDispatcher(tls, 32),
  // Each watch has a connection of its own, for as long as it lives.
  watches: createDispatcher(tls, null),
  lease: createDispatcher(tls, 1),
})

/** Ends when every answer under way has arrived; a watch may take its ten minutes. */
export async function closeDispatchers({ requests, watches, lease }: Dispatchers): Promise<void> {
  await Promise.all([requests.close(), watches.close(), lease.close()])
}

export async function destroyDispatchers({ requests, watches, lease }: Dispatchers): Promise<void> {
  await Promise.all([requests.destroy(), watches.destroy(), lease.destroy()])
}

/**
 * The one place where a dispatcher is made. HTTP/2 stays off: undici would negotiate it, and a half-open HTTP/2 connection is
 * noticed only by pings of our own.
 */
function createDispatcher(tls: Certificates, connections: number | null): Dispatcher {
  return new Agent({
    allowH2: false,
    connections,
    pipelining: 1,
    connect: { ...tls, timeout: seconds(5) },
    // Longer than the time between two renewals; a server that closes earlier says so, and is believed.
    keepAliveTimeout: seconds(30),
    keepAliveMaxTimeout: seconds(60),
    headersTimeout: 0,
    bodyTimeout: 0,
  }).compose(refuseLate)
}
