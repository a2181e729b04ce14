import type { JsonObject } from '../../../src/kernel/json.ts'
import type { Transport, TransportRequest, TransportResponse } from '../../../src/ports/transport.ts'
import { generatedPod } from './generated-pods.ts'

/** So many generated pods, to list in pages or at once, and to watch with a replay. Nothing ever changes. */
export function generatedTransport(count: number): Transport {
  // Frozen, so that the server remembers their text: what it takes to write them is not the clients' time.
  const pods = Array.from({ length: count }, (_, index) => Object.freeze(generatedPod(index)))
  const resourceVersion = String(1_000_000 + count)
  return {
    request: async ({ query = {} }) => listed(pods, query, resourceVersion),
    stream: async (request, signal) => ({
      status: 200,
      headers,
      body: undefined,
      events: watched(isReplay(request) ? pods : [], signal, resourceVersion),
    }),
  }
}

const headers = { 'content-type': 'application/json' }

function listed(
  pods: readonly JsonObject[],
  query: Readonly<Record<string, string>>,
  resourceVersion: string,
): TransportResponse {
  const from = Number(query['continue'] ?? '0')
  const to = Math.min(pods.length, from + Number(query['limit'] ?? pods.length))
  const metadata = { resourceVersion, ...(to < pods.length ? { continue: String(to) } : {}) }
  return { status: 200, headers, body: { kind: 'PodList', apiVersion: 'v1', metadata, items: pods.slice(from, to) } }
}

const isReplay = ({ query }: TransportRequest): boolean => query?.['sendInitialEvents'] === 'true'

/** Stays open until the client goes. */
async function* watched(
  pods: readonly JsonObject[],
  signal: AbortSignal,
  resourceVersion: string,
): AsyncGenerator<unknown, void> {
  for (const object of pods) yield { type: 'ADDED', object }
  if (pods.length > 0) {
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    yield { type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion, annotations } } }
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
