import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher, request } from 'undici'
import { safeText } from '../../kernel/hostile-text.ts'
import { at, textAt } from '../../kernel/json.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { badQuery } from '../../ports/metrics.ts'

export interface ApiOptions {
  readonly url: string
  readonly bearerTokenFile?: string | undefined
  readonly caFile?: string | undefined
  readonly timeoutMs: number
  readonly bodyBytesMax: number
}

type Fields = Readonly<Record<string, string>>

/** The envelope of every answer of Prometheus' API. */
export interface Api {
  readonly get: (path: string, query: Fields) => Promise<unknown>
  readonly post: (path: string, form: Fields) => Promise<unknown>
}

interface Request {
  readonly method: 'GET' | 'POST'
  /** Without user name and password: it stands in messages. */
  readonly endpoint: string
  readonly query?: Fields
  readonly body?: string
}

export function createApi(options: ApiOptions): Api {
  const { base, basic } = baseOf(options.url)
  const dispatchers = new Dispatchers(options.bodyBytesMax)
  const send = async (asked: Request): Promise<unknown> => {
    const signal = AbortSignal.timeout(options.timeoutMs)
    try {
      const headers = { ...(await headersOf(options, basic)), ...(asked.body === undefined ? {} : formHeaders) }
      const dispatcher = dispatchers.trusting(options.caFile && (await contentOf(options.caFile)))
      const { endpoint, method, query, body } = asked
      const what = { dispatcher, headers, signal, method, ...(query && { query }), ...(body && { body }) }
      return await envelopeIn(await request(endpoint, what), asked)
    } catch (error) {
      if (signal.aborted) throw new TimeoutError(`${said(asked)}: no answer within ${options.timeoutMs} ms`)
      throw failureOf(error, asked, options)
    }
  }
  return {
    get: async (path, query) => await send({ method: 'GET', endpoint: `${base}${path}`, query }),
    post: async (path, form) =>
      await send({ method: 'POST', endpoint: `${base}${path}`, body: new URLSearchParams(form).toString() }),
  }
}

const said = ({ method, endpoint }: Request): string => `${method} ${endpoint}`

const formHeaders: Fields = { 'content-type': 'application/x-www-form-urlencoded' }

/** A few connections, kept for as long as the authorities are the same. */
class Dispatchers {
  readonly #bodyBytesMax: number
  #ca: string | undefined
  #current: Agent | undefined

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax
  }

  trusting(ca: string | undefined): Agent {
    if (this.#current !== undefined && this.#ca === ca) return this.#current
    void this.#current?.close()
    const connect = ca === undefined ? {} : { connect: { ca } }
    this.#ca = ca
    this.#current = new Agent({ allowH2: false, connections: 4, maxResponseSize: this.#bodyBytesMax, ...connect })
    return this.#current
  }
}

function baseOf(url: string): { readonly base: string; readonly basic: string | undefined } {
  const { origin, pathname, username, password } = new URL(url)
  const pair = `${unescaped(username)}:${unescaped(password)}`
  return {
    base: `${origin}${pathname.replace(/\/+$/, '')}`,
    basic: pair === ':' ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`,
  }
}

/** A lone percent sign is one: whoever wrote it meant no escape. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function headersOf({ bearerTokenFile }: ApiOptions, basic: string | undefined): Promise<Fields> {
  const bearer = bearerTokenFile === undefined ? undefined : `Bearer ${await contentOf(bearerTokenFile)}`
  const authorization = bearer ?? basic
  return { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) }
}

async function contentOf(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new UnavailableError('reading a file of the configuration of a Prometheus', { cause })
  }
}

/** Its `data` is read by whoever asked; what is an error is told apart here. */
async function envelopeIn({ statusCode, body, headers }: Dispatcher.ResponseData, asked: Request): Promise<unknown> {
  const answer = parsedJson(await body.text())
  if (textAt(answer, 'status') === 'success' && statusCode < 300 && at(answer, 'data') !== undefined) return answer
  const kind = textAt(answer, 'errorType')
  const text = safeText(textAt(answer, 'error') ?? '', 512)
  if (kind !== undefined && faultsOfQuery.has(kind)) {
    throw new RefusedError(`Prometheus refuses the query (${kind}): ${text}`, { status: statusCode, reason: badQuery })
  }
  const why = kind === undefined ? '' : ` (${safeText(kind, 32)}: ${text})`
  if (statusCode >= 500 || statusCode === 429) throw new UnavailableError(`${said(asked)} answered ${statusCode}${why}`)
  const what = safeText(`status ${statusCode}, ${String(headers['content-type'] ?? 'no content type')}${why}`, 600)
  throw notPrometheus(asked, what, statusCode)
}

/** What no later try mends: it does not parse, or it cannot be evaluated. */
const faultsOfQuery: ReadonlySet<string> = new Set(['bad_data', 'execution'])

/** A log-in page, a proxy, another program at this address: no series would be a guess. */
const notPrometheus = (asked: Request, what: string, status: number): RefusedError =>
  new RefusedError(`${said(asked)} answered ${what}, expected an answer of Prometheus`, {
    status,
    reason: 'NotPrometheus',
  })

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Nothing was asked for but a reading: whatever broke the connection, there is no effect whose outcome could be unknown. */
function failureOf(error: unknown, asked: Request, { bodyBytesMax }: ApiOptions): Error {
  if (error instanceof RefusedError || error instanceof UnavailableError) return error
  if (!(error instanceof Error)) return new UnavailableError(`${said(asked)}: ${String(error)}`)
  if ('code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new RefusedError(`Prometheus answers with more than ${bodyBytesMax} bytes`, {
      status: 200,
      reason: badQuery,
    })
  }
  return new UnavailableError(`${said(asked)}: ${reasonOf(error)}`, { cause: error })
}

/** Where every address of a name refuses, Node says so in the code alone. */
const reasonOf = (error: Error): string =>
  'code' in error && error.message === '' ? String(error.code) : error.message
