import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listAt, textAt } from '../../../src/kernel/json.ts'

interface Condition {
  readonly status: string
  readonly reason: string
  readonly message: string
}

interface NodeEvent {
  readonly reason: string
  readonly message: string
}

/** What detectors wrote about their nodes. */
export interface NodeApi {
  readonly url: string
  readonly conditions: (node: string) => ReadonlyMap<string, Condition>
  readonly events: (node: string) => readonly NodeEvent[]
  readonly close: () => Promise<void>
}

/** As much of an API server as a node problem detector talks to, for any number of nodes, without any that it might refuse. */
export async function startNodeApi(): Promise<NodeApi> {
  const conditions = new Map<string, Map<string, Condition>>()
  const events: { readonly node: string; readonly event: NodeEvent }[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    const [, node = ''] = /^\/api\/v1\/nodes\/([^/?]+)/.exec(request.url ?? '') ?? []
    if (request.method === 'PATCH' && node !== '') keepConditions(conditions, node, JSON.parse(body.toString('utf8')))
    const isEvent = request.method === 'POST'
    if (isEvent) events.push(eventOf(body))
    // an event is given back as it came
    response.setHeader('content-type', isEvent ? (request.headers['content-type'] ?? '') : 'application/json')
    response.end(isEvent ? body : objectOf(node))
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    conditions: (node) => conditions.get(node) ?? new Map<string, Condition>(),
    events: (node) => events.filter((seen) => seen.node === node).map((seen) => seen.event),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const objectOf = (node: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: node === '' ? 'Event' : 'Node', metadata: { name: node } })

function keepConditions(kept: Map<string, Map<string, Condition>>, node: string, body: unknown): void {
  const known = kept.get(node) ?? new Map<string, Condition>()
  for (const condition of listAt(body, 'status', 'conditions'))
    known.set(textAt(condition, 'type') ?? '', {
      status: textAt(condition, 'status') ?? '',
      reason: textAt(condition, 'reason') ?? '',
      message: textAt(condition, 'message') ?? '',
    })
  kept.set(node, known)
}

/** Events come as protobuf: an envelope of four bytes, in whose second field the Event lies. */
function eventOf(body: Buffer): { readonly node: string; readonly event: NodeEvent } {
  const event = bytesAt(body.subarray(4), 2)
  return {
    node: bytesAt(bytesAt(event, 2), 3).toString('utf8'),
    event: { reason: bytesAt(event, 3).toString('utf8'), message: bytesAt(event, 4).toString('utf8') },
  }
}

/** The first value of that field; empty where there is none. All fields before it are expected to have a length. */
function bytesAt(message: Buffer, wanted: number): Buffer {
  let place = 0
  while (place < message.length) {
    const field = (message[place] ?? 0) >> 3
    let length = 0
    let shift = 0
    do {
      place += 1
      length += ((message[place] ?? 0) & 0x7f) << shift
      shift += 7
    } while (((message[place] ?? 0) & 0x80) !== 0)
    place += 1
    if (field === wanted) return message.subarray(place, place + length)
    place += length
  }
  return Buffer.alloc(0)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
