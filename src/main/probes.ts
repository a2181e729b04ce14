import { createServer } from 'node:http'
import type { Operator } from '../controllers/operator.ts'

export interface Probes {
  readonly port: number
  readonly close: () => Promise<void>
}

/** `/livez`: this process answers. `/readyz`: every cache has been filled once. `/metrics`: for Prometheus. */
export async function serveProbes(
  operator: Pick<Operator, 'isSynced' | 'metricsText'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Probes> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        .end(operator.metricsText())
      return
    }
    const isReady = request.url === '/livez' || (request.url === '/readyz' && operator.isSynced())
    const isKnown = request.url === '/livez' || request.url === '/readyz'
    response.writeHead(isReady ? 200 : isKnown ? 503 : 404, { 'content-type': 'text/plain' })
    response.end(isReady ? 'ok\n' : isKnown ? 'caches are being filled\n' : 'not found\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
