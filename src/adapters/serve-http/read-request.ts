import type { IncomingMessage } from 'node:http'
import { parse } from 'yaml'
import type { Json } from '../../kernel/json.ts'
import type { TransportRequest, TransportResponse } from '../../ports/transport.ts'
import { failure } from './failure.ts'
import { readProtobufObject } from './protobuf/read-object.ts'

/** What kube-apiserver takes at most. */
const bodyBytesMax = 3 * 1_024 * 1_024

const timeoutMsDefault = 60_000

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export type Read =
  | { readonly ok: true; readonly request: TransportRequest; readonly isWatch: boolean }
  | { readonly ok: false; readonly answer: TransportResponse }

/** One HTTP request in the words of the transport port, or the answer that refuses it. */
export async function readRequest(message: IncomingMessage): Promise<Read> {
  const method = methods.find((known) => known === message.method)
  if (method === undefined)
    return refused(405, 'MethodNotAllowed', `the server does not allow the method ${message.method}`)
  const url = new URL(message.url ?? '/', 'http://localhost')
  const headers = headersOf(message)
  const body = await readBody(message)
  if (body === undefined)
    return refused(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bodyBytesMax}`)
  const contentType = headers['content-type'] ?? 'application/json'
  const parsed = parseBody(body, contentType)
  if (!parsed.ok) return parsed

  const path = withoutWatch(url.pathname)
  const query = Object.fromEntries(url.searchParams)
  const isWatch = method === 'GET' && (path !== url.pathname || query['watch'] === 'true' || query['watch'] === '1')
  const request: TransportRequest = {
    method,
    path,
    query: isWatch ? { ...query, watch: 'true' } : query,
    headers: parsed.body === undefined ? headers : { ...headers, 'content-type': parsedType(contentType) },
    ...(parsed.body === undefined ? {} : { body: parsed.body }),
    timeoutMs: timeoutMsDefault,
    lane: 'Request',
  }
  return { ok: true, request, isWatch }
}

const refused = (status: number, reason: string, message: string): Extract<Read, { ok: false }> => ({
  ok: false,
  answer: failure(status, reason, message),
})

/** `/api/v1/watch/nodes` is an old way to say `/api/v1/nodes?watch=true`. */
const withoutWatch = (path: string): string => path.replace(/^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)\/watch\//, '$1/')

const headersOf = (message: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  )

/** Undefined: too large. What is too large is read to its end and thrown away, so that the answer can be read. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
    else chunks.length = 0
  }
  return bytes > bodyBytesMax ? undefined : Buffer.concat(chunks)
}

type ParsedBody = { readonly ok: true; readonly body: Json | undefined } | Extract<Read, { ok: false }>

function parseBody(bytes: Buffer, contentType: string): ParsedBody {
  if (bytes.length === 0) return { ok: true, body: undefined }
  const type = contentType.replace(/;.*$/, '').trim().toLowerCase()
  const read = readers.find(({ types }) => types.test(type))
  if (read === undefined) return unsupported
  try {
    const body = read.read(bytes)
    return body === undefined ? unsupported : { ok: true, body }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const isPatch = type.endsWith('patch+json')
    return refused(
      400,
      'BadRequest',
      `${isPatch ? 'error decoding patch' : `couldn't get version/kind; ${read.name} parse error`}: ${said}`,
    )
  }
}

/** Behind the port a body is a value, in whatever form it came; only the kinds of a patch still differ. */
const parsedType = (contentType: string): string => (contentType.includes('patch') ? contentType : 'application/json')

interface Reader {
  readonly name: string
  readonly types: RegExp
  /** Undefined: of a kind that cannot be read. Throws where the text is broken. */
  readonly read: (bytes: Buffer) => Json | undefined
}

const readers: readonly Reader[] = [
  { name: 'json', types: /^application\/json$|\+json$/, read: (bytes) => JSON.parse(bytes.toString('utf8')) },
  { name: 'yaml', types: /^application\/yaml$|\+yaml$/, read: (bytes) => parse(bytes.toString('utf8')) },
  { name: 'protobuf', types: /^application\/vnd\.kubernetes\.protobuf$/, read: readProtobufObject },
]

const unsupported = refused(
  415,
  'UnsupportedMediaType',
  'the body of the request was in an unknown format - accepted media types include: ' +
    'application/json, application/yaml, application/vnd.kubernetes.protobuf',
)
