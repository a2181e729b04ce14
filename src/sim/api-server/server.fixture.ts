import { textAt } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import type { ApiRequest, ApiResponse, WatchEvent } from './api-request.ts'
import { ApiServer, type ApiServerOptions } from './api-server.ts'
import { WorldClient } from './world-client.ts'

export const startOfTests = Date.parse('2026-01-01T00:00:00Z')

/** A server whose clock stands still until it is moved. */
export function serverFixture(options: Partial<ApiServerOptions> = {}): ServerFixture {
  const clock = { ms: startOfTests }
  const server = new ApiServer({ now: () => instant(clock.ms), ...options })
  return { server, world: new WorldClient(server), clock }
}

export interface ServerFixture {
  readonly server: ApiServer
  readonly world: WorldClient
  readonly clock: { ms: number }
}

/** A watch whose events are kept as `ADDED name`. */
export function watched(server: ApiServer, request: Pick<ApiRequest, 'path' | 'query'>): Watched {
  const events: WatchEvent[] = []
  const state = { ended: false }
  const handle = server.watch(
    { method: 'GET', ...request },
    {
      event: (event) => events.push(event),
      end: () => {
        state.ended = true
      },
    },
  )
  return { handle, events, state, words: () => events.map(wordsOf) }
}

export interface Watched {
  readonly handle: ReturnType<ApiServer['watch']>
  readonly events: readonly WatchEvent[]
  readonly state: { readonly ended: boolean }
  readonly words: () => readonly string[]
}

function wordsOf({ type, object }: WatchEvent): string {
  const name = textAt(object, 'metadata', 'name')
  return name === undefined ? type : `${type} ${name}`
}

export const podOn = (nodeName: string, name: string): Parameters<WorldClient['create']>[1] => ({
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: { nodeName, containers: [{ name: 'main', image: 'web:1' }] },
})

export const get = (server: ApiServer, path: string, query: Readonly<Record<string, string>> = {}): ApiResponse =>
  server.handle({ method: 'GET', path, query })
