import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher, request } from 'undici'
import type { Alert } from '../../api/alert.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { seconds } from '../../kernel/time.ts'
import type { Alerts } from '../../ports/alerts.ts'
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
  const { endpoint, basic } = endpointOf(options.url)
  const dispatcher = new Agent({ allowH2: false, connections: 1, maxResponseSize: bodyBytesMax })
  return {
    name,
    list: async () => {
      const authorization = bearerTokenFile === undefined ? basic : await bearer(bearerTokenFile)
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const headers = { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) }
        return await alertsIn(await request(`${endpoint}?${everyState}`, { dispatcher, headers, signal }), endpoint)
      } catch (error) {
        if (signal.aborted) throw new TimeoutError(`GET ${endpoint}: no answer within ${timeoutMs} ms`)
        throw failureOf(error, { endpoint, bodyBytesMax })
      }
    },
  }
}

/** Silences and inhibitions quiet people's pagers; the node is sick all the same. */
const everyState = 'active=true&silenced=true&inhibited=true&unprocessed=true'

interface Endpoint {
  /** Without user name and password: it stands in messages. */
  readonly endpoint: string
  readonly basic: string | undefined
}

function endpointOf(url: string): Endpoint {
  const { origin, pathname, username, password } = new URL(url)
  const pair = `${unescaped(username)}:${unescaped(password)}`
  return {
    endpoint: `${origin}${pathname.replace(/\/+$/, '')}/api/v2/alerts`,
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

async function alertsIn(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  endpoint: string,
): Promise<readonly Alert[]> {
  const text = await body.text()
  if (statusCode >= 500 || statusCode === 429) throw new UnavailableError(`GET ${endpoint} answered ${statusCode}`)
  if (statusCode < 200 || statusCode >= 300) throw notAlerts(endpoint, { what: `status ${statusCode}`, statusCode })
  const entries = parsedJson(text)
  if (Array.isArray(entries)) return parseAlerts(entries)
  const contentType = safeText(String(headers['content-type'] ?? 'no content type'))
  throw notAlerts(endpoint, { what: entries === undefined ? contentType : 'other JSON', statusCode })
}

/** A log-in page, a proxy, another program at this address: an empty list would be a guess. */
const notAlerts = (
  endpoint: string,
  { what, statusCode }: { readonly what: string; readonly statusCode: number },
): RefusedError =>
  new RefusedError(`GET ${endpoint} answered ${what}, expected a JSON list of alerts`, {
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

interface Asked {
  readonly endpoint: string
  readonly bodyBytesMax: number
}

/** Nothing was asked for but a reading: whatever broke the connection, there is no effect whose outcome could be unknown. */
function failureOf(error: unknown, { endpoint, bodyBytesMax }: Asked): Error {
  if (error instanceof RefusedError || error instanceof UnavailableError) return error
  if (!(error instanceof Error)) return new UnavailableError(`GET ${endpoint}: ${String(error)}`)
  if ('code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return notAlerts(endpoint, { what: `more than ${bodyBytesMax} bytes`, statusCode: 200 })
  }
  return new UnavailableError(`GET ${endpoint}: ${reasonOf(error)}`, { cause: error })
}

/** Where every address of a name refuses, Node says so in the code alone. */
const reasonOf = (error: Error): string =>
  'code' in error && error.message === '' ? String(error.code) : error.message
