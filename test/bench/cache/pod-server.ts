import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { generatedPod } from './generated-pods.ts'

/**
 * Lists and watches so many generated pods, serialised beforehand, so that no time of the server's is taken for the client's.
 * Prints its port, and ends with its parent.
 */
const count = Number(process.argv[2])
const pods = Array.from({ length: count }, (_, index) => Buffer.from(JSON.stringify(generatedPod(index))))
const resourceVersion = String(1_000_000 + count)

const server = createServer((request, response) => {
  const query = new URL(request.url ?? '', 'http://localhost').searchParams
  const answer = query.get('watch') === 'true' || query.get('watch') === '1' ? watch : list
  answer({ query, request, response }).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit(0))

interface Exchange {
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function list({ query, response }: Exchange): Promise<void> {
  const from = Number(query.get('continue') ?? '0')
  const to = Math.min(count, from + Number(query.get('limit') ?? count))
  const metadata = { resourceVersion, ...(to < count ? { continue: String(to) } : {}) }
  response.setHeader('content-type', 'application/json')
  response.write(`{"kind":"PodList","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[`)
  for (let index = from; index < to; index += 1) {
    if (index > from) response.write(',')
    await written(response, pods[index])
  }
  response.end(']}\n')
}

/** Replays when asked to, and stays open. */
async function watch({ query, response }: Exchange): Promise<void> {
  response.setHeader('content-type', 'application/json')
  response.flushHeaders()
  if (query.get('sendInitialEvents') !== 'true') return
  for (const pod of pods) {
    response.write('{"type":"ADDED","object":')
    response.write(pod)
    await written(response, '}\n')
  }
  const annotations = { 'k8s.io/initial-events-end': 'true' }
  response.write(
    `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion, annotations } } })}\n`,
  )
}

async function written(response: ServerResponse, text: string | Buffer | undefined): Promise<void> {
  if (text === undefined || response.write(text)) return
  await new Promise<void>((resolve) => response.once('drain', resolve))
}
