import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isObject } from '../../src/kernel/json.ts'
import { Watch } from './watch.ts'

/** Where a server listens, and as whom we ask. */
export interface Endpoint {
  readonly url: string
  /** PEM; left out for plain HTTP. */
  readonly ca?: string
  readonly token?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Parsed where the answer is JSON, the text as it came otherwise. */
  readonly body: unknown
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  readonly path: string
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  /** Text goes out as it is, so that broken JSON can be sent. */
  readonly body?: unknown
}

export type Query = Readonly<Record<string, string | number | boolean>>

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const

/**
 * A client that knows no more of Kubernetes than its URLs: no retries, no defaults, no code of the product, so that what is
 * judged is never the judge.
 */
export interface Client {
  readonly send: (call: Call) => Promise<Answer>
  readonly get: (path: string, query?: Query) => Promise<Answer>
  readonly create: (path: string, body: unknown, query?: Query) => Promise<Answer>
  readonly update: (path: string, body: unknown, query?: Query) => Promise<Answer>
  readonly remove: (path: string, body?: unknown, query?: Query) => Promise<Answer>
  readonly mergePatch: (path: string, body: unknown, query?: Query) => Promise<Answer>
  readonly jsonPatch: (path: string, operations: unknown, query?: Query) => Promise<Answer>
  readonly strategicPatch: (path: string, body: unknown, query?: Query) => Promise<Answer>
  readonly watch: (path: string, query?: Query, headers?: Readonly<Record<string, string>>) => Promise<Watch>
}

export function clientOf(endpoint: Endpoint): Client {
  const send = async (call: Call): Promise<Answer> => {
    const response = await open(endpoint, call)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(Buffer.from(chunk))
    return answerOf(response, Buffer.concat(chunks).toString('utf8'))
  }
  const patchAs =
    (type: keyof typeof patchTypes) =>
    (path: string, body: unknown, query: Query = {}) =>
      send({ method: 'PATCH', path, query, body, headers: { 'content-type': patchTypes[type] } })
  return {
    send,
    get: (path, query = {}) => send({ path, query }),
    create: (path, body, query = {}) => send({ method: 'POST', path, body, query }),
    update: (path, body, query = {}) => send({ method: 'PUT', path, body, query }),
    remove: (path, body, query = {}) => send({ method: 'DELETE', path, body, query }),
    mergePatch: patchAs('merge'),
    jsonPatch: patchAs('json'),
    strategicPatch: patchAs('strategic'),
    watch: async (path, query = {}, headers = {}) =>
      new Watch(await open(endpoint, { path, query: { ...query, watch: true }, headers })),
  }
}

function open({ url, ca, token }: Endpoint, call: Call): Promise<IncomingMessage> {
  const { method = 'GET', path, query = {}, body, headers = {} } = call
  const target = new URL(path, url)
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, String(value))
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const allHeaders: Record<string, string> = { accept: 'application/json', ...headers }
  if (token !== undefined) allHeaders['authorization'] = `Bearer ${token}`
  if (text !== undefined) {
    allHeaders['content-type'] ??= 'application/json'
    allHeaders['content-length'] = String(Buffer.byteLength(text))
  }
  return new Promise((resolve, reject) => {
    const options = { method, headers: allHeaders, ...(ca === undefined ? {} : { ca }) }
    const outgoing = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, options, resolve)
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

function answerOf(response: IncomingMessage, text: string): Answer {
  const { statusCode: status = 0, headers } = response
  const isJson = headers['content-type']?.includes('json') === true
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : text
  return { status, headers, body: isObject(body) || typeof body === 'string' ? body : { value: body } }
}
