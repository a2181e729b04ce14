import { kubeconfigText } from '../../../src/adapters/serve-http/kubeconfig.ts'
import { serveHttp } from '../../../src/adapters/serve-http/serve-http.ts'
import { instant } from '../../../src/kernel/time.ts'
import { ApiServer } from '../../../src/sim/api-server/api-server.ts'
import { inProcessTransport } from '../../../src/sim/api-server/in-process-transport.ts'
import { clientOf } from '../client.ts'
import type { Target } from '../target.ts'

/** The embedded API server over HTTP, so that both servers are reached by the same road. No controllers: neither has the real one. */
export async function embeddedTarget(): Promise<Target> {
  const server = new ApiServer({ now: () => instant(Date.now()), controllers: false })
  const { url, close } = await serveHttp(inProcessTransport(server))
  return {
    name: 'embedded',
    client: clientOf({ url }),
    compact: async () => server.compact(),
    bookmark: async () => server.bookmark(),
    kubeconfig: kubeconfigText({ server: url, name: 'embedded' }),
    close,
  }
}
