import type { ServerResponse } from 'node:http'
import type { TransportResponse } from '../../ports/transport.ts'
import { isLong, jsonPieces } from './json-pieces.ts'
import { jsonText } from './json-text.ts'
import { roomIn } from './room.ts'

/** Writes one whole answer. A long list goes out in pieces, no faster than the client reads. */
export async function writeAnswer(
  response: ServerResponse,
  { status, headers, body }: TransportResponse,
): Promise<void> {
  const head = { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers }
  if (!isLong(body)) {
    const text = isPlainText(head['content-type'], body) ? body : jsonText(body ?? {})
    response.writeHead(status, { ...head, 'content-length': Buffer.byteLength(text) })
    response.end(text)
    return
  }
  response.writeHead(status, head)
  for (const piece of jsonPieces(body)) {
    if (response.destroyed) return
    if (!response.write(piece) && !(await roomIn(response))) return
  }
  response.end()
}

/** Health checks answer with a word instead of an object. */
const isPlainText = (contentType: string, body: unknown): body is string =>
  typeof body === 'string' && contentType.startsWith('text/plain')
