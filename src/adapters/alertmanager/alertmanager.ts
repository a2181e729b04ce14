import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher, request } from 'undici'
import type { Alert } from '../../api/alert.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { textAt } from '../../kernel/json.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'
import type { AlertList, Alerts } from '../../ports/alerts.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { parseAlerts } from './parse-alerts.ts'

export interface AlertmanagerOptions {
  /** For people. */
  readonly name: string
  /** Of its web page, with its route prefix if it has one. A user name and password in it are sent, and never shown. */
  readonly url: string
  /** Read for every poll: a token may be rotated. */
  readonly bearerTokenFile?: string | undefined
  /** Covers connecting, sending, waiting and the whole answer. */
  readonly timeoutMs?: number
  readonly bodyBytesMax?: number
}

const timeoutMsDefault = seconds(5)
/** Some 15,000 alerts. */
const bodyBytesMaxDefault = 16 * 1_024 * 1_024

/** One Alertmanager by its API v2. Throws a TypeError where the URL is none: that is a mistake in the configuration. */
export function createAlertmanager(options: AlertmanagerOptions): Alerts {
  const { name, bearerTokenFile, timeoutMs = timeoutMsDefault, bodyBytesMax = bodyBytesMaxDefault } = options
  const { api, basic } = apiOf(options.url)
  const dispatcher = new Agent({ allowH2: false, connections: 1, maxResponseSize: bodyBytesMax })
  return {
    name,
    list: async () => {
      const authorization = bearerTokenFile === undefined ? basic : await bearer(bearerTokenFile)
      const headers = { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) }
      const signal = AbortSignal.timeout(timeoutMs)
      const ask = async (question: Question): Promise<Answer> => {
        const endpoint = `${api}/${question.path}`
        try {
          const url = question.query === undefined ? endpoint : `${endpoint}?${question.query}`
          return await answerOf(await request(url, { dispatcher, headers, signal }), { ...question, endpoint })
        } catch (error) {
          if (signal.aborted) throw new TimeoutError(`GET ${endpoint}: no answer within ${timeoutMs} ms`)
          throw failureOf(error, { ...question, endpoint, bodyBytesMax })
        }
      }
      const alerts = alertsIn(await ask(allAlerts))
      // Afterwards: one that started in between has listed nothing, or not all.
      return { alerts, up: await upOf(async () => await ask(status)) }
    },
  }
}

interface Question {
  readonly path: string
  readonly query?: string
  /** For people. */
  readonly expected: string
}

/** Silences and inhibitions quiet people's pagers; the node is sick all the same. */
const allAlerts: Question = {
  path: 'alerts',
  query: 'active=true&silenced=true&inhibited=true&unprocessed=true',
  expected: 'a JSON list of alerts',
}

const status: Question = { path: 'status', expected: 'a JSON status' }

interface Api {
  /** Without user name and password: it stands in messages. */
  readonly api: string
  readonly basic: string | undefined
}

function apiOf(url: string): Api {
  const { origin, pathname, username, password } = new URL(url)
  const pair = `${unescaped(username)}:${unescaped(password)}`
  return {
    api: `${origin}${pathname.replace(/\/+$/, '')}/api/v2`,
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

async function bearer(path: string): Promise<string> {
  try {
    return `Bearer ${(await readFile(path, 'utf8')).trim()}`
  } catch (error) {
    throw new UnavailableError('reading the bearer token of Alertmanager', { cause: error })
  }
}

interface Asked extends Question {
  readonly endpoint: string
}

interface Answer {
  readonly asked: Asked
  readonly statusCode: number
  readonly contentType: string
  /** By the clock of the server. */
  readonly at: Instant | undefined
  /** Undefined: no JSON. */
  readonly body: unknown
}

async function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData, asked: Asked): Promise<Answer> {
  const text = await body.text()
  if (statusCode >= 500 || statusCode === 429)
    throw new UnavailableError(`GET ${asked.endpoint} answered ${statusCode}`)
  if (statusCode < 200 || statusCode >= 300) throw unexpected(asked, { what: `status ${statusCode}`, statusCode })
  const contentType = safeText(String(headers['content-type'] ?? 'no content type'))
  return { asked, statusCode, contentType, at: parseTime(headers['date']?.toString()), body: parsedJson(text) }
}

function alertsIn({ asked, statusCode, contentType, body }: Answer): readonly Alert[] {
  if (Array.isArray(body)) return parseAlerts(body)
  throw unexpected(asked, { what: body === undefined ? contentType : 'other JSON', statusCode })
}

/** `uptime` is the time of the start. What is in its way for good, such as a proxy that lets only alerts pass, hides no alert. */
async function upOf(ask: () => Promise<Answer>): Promise<AlertList['up']> {
  try {
    const { asked, at, body } = await ask()
    const startedAt = parseTime(textAt(body, 'uptime'))
    if (startedAt === undefined || at === undefined) {
      return { problem: `GET ${asked.endpoint} answered without ${at === undefined ? 'a date' : '`uptime`'}` }
    }
    return { ms: at - startedAt }
  } catch (error) {
    if (error instanceof RefusedError) return { problem: error.message }
    throw error
  }
}

/** A log-in page, a proxy, another program at this address: an empty list would be a guess. */
const unexpected = (
  { endpoint, expected }: Asked,
  { what, statusCode }: { readonly what: string; readonly statusCode: number },
): RefusedError =>
  new RefusedError(`GET ${endpoint} answered ${what}, expected ${expected}`, {
    status: statusCode,
    reason: 'NotAlerts',
  })

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Nothing was asked for but a reading: whatever broke the connection, there is no effect whose outcome could be unknown. */
function failureOf(error: unknown, asked: Asked & { readonly bodyBytesMax: number }): Error {
  const { endpoint, bodyBytesMax } = asked
  if (error instanceof RefusedError || error instanceof UnavailableError) return error
  if (!(error instanceof Error)) return new UnavailableError(`GET ${endpoint}: ${String(error)}`)
  if ('code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return unexpected(asked, { what: `more than ${bodyBytesMax} bytes`, statusCode: 200 })
  }
  return new UnavailableError(`GET ${endpoint}: ${reasonOf(error)}`, { cause: error })
}

/** Where every address of a name refuses, Node says so in the code alone. */
const reasonOf = (error: Error): string =>
  'code' in error && error.message === '' ? String(error.code) : error.message
