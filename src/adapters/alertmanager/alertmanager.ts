import { readFile } from 'node:fs/promises'
import { request } from 'undici'
import type { Alert } from '../../api/alert.ts'
import { seconds } from '../../kernel/time.ts'
import type { Alerts } from '../../ports/alerts.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { transportError } from '../transport/transport-error.ts'
import { alertsOf } from './alert-list.ts'

export interface AlertmanagerOptions {
  /** For people. */
  readonly name: string
  /** Of the server, with its route prefix if it has one: `http://alertmanager.monitoring:9093`. */
  readonly url: string
  /** Read anew for every question, so that a rotated token needs no restart. */
  readonly bearerTokenFile?: string | undefined
  readonly timeoutMs?: number
  readonly bodyBytesMax?: number
}

const timeoutMsDefault = seconds(5)
/** Some 30,000 alerts. */
const bodyBytesMaxDefault = 32 * 1024 * 1024

/** One Alertmanager by its API v2. Throws a TypeError where the URL is none: that is a mistake in the configuration. */
export function createAlertmanager(options: AlertmanagerOptions): Alerts {
  const { name, url } = options
  const server = new URL(url.endsWith('/') ? url : `${url}/`)
  const asked = new URL('api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true', server)
  return { name, list: async () => await list(asked, options) }
}

type Asking = Omit<AlertmanagerOptions, 'url'>

async function list(url: URL, asking: Asking): Promise<readonly Alert[]> {
  const { timeoutMs = timeoutMsDefault, bodyBytesMax = bodyBytesMaxDefault } = asking
  const headers = await headersFor(asking)
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await request(url, { signal, headers })
    const type = [answer.headers['content-type'] ?? 'no content type'].flat().join(', ')
    const body = await bounded(answer.body, bodyBytesMax)
    if (answer.statusCode >= 500) throw new UnavailableError(`it answered ${answer.statusCode}`)
    if (answer.statusCode !== 200) throw unexpected(`status ${answer.statusCode}`)
    return alertsOf(entriesOf(body, type))
  } catch (error) {
    if (error instanceof RefusedError || error instanceof UnavailableError) throw error
    if (signal.aborted) throw new TimeoutError(`no answer within ${timeoutMs} ms`, { cause: error })
    throw transportError(error, 'asking for alerts')
  }
}

async function headersFor({ bearerTokenFile }: Asking): Promise<Readonly<Record<string, string>>> {
  const headers = { accept: 'application/json' }
  if (bearerTokenFile === undefined) return headers
  try {
    return { ...headers, authorization: `Bearer ${(await readFile(bearerTokenFile, 'utf8')).trim()}` }
  } catch (cause) {
    throw new UnavailableError(`the token file ${bearerTokenFile} cannot be read`, { cause })
  }
}

/** Reads to the end, or stops where the answer cannot be a list of alerts that anybody could mean. */
async function bounded(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const piece of body) {
    bytes += piece.byteLength
    if (bytes > bytesMax)
      throw new RefusedError(`the answer is longer than ${bytesMax} bytes`, { status: 200, reason: 'TooLarge' })
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}

function entriesOf(body: string, type: string): readonly unknown[] {
  const parsed = parsedJson(body)
  if (!Array.isArray(parsed)) throw unexpected(type)
  return parsed
}

/** A login page, a proxy, another program at this address: an empty list would be a guess. */
const unexpected = (got: string): RefusedError =>
  new RefusedError(`expected a JSON list of alerts, got ${got}: is this the address of an Alertmanager with API v2?`, {
    status: 200,
    reason: 'NoAlertList',
  })

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
