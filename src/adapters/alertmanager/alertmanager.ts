import { request } from 'undici'
import type { Alert } from '../../api/alert.ts'
import { seconds } from '../../kernel/time.ts'
import type { Alerts } from '../../ports/alerts.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { transportError } from '../transport/transport-error.ts'
import { parseAlerts } from './parse-alerts.ts'

export interface AlertmanagerOptions {
  /** Of the server, with its route prefix if it has one: `http://alertmanager.monitoring:9093`. */
  readonly url: string
  readonly timeoutMs?: number
  readonly bodyBytesMax?: number
}

const timeoutMsDefault = seconds(5)
/** Some 30,000 alerts. */
const bodyBytesMaxDefault = 32 * 1024 * 1024

/** One Alertmanager by its API v2. Throws a TypeError where the URL is none: that is a mistake in the configuration. */
export function alertmanager({
  url,
  timeoutMs = timeoutMsDefault,
  bodyBytesMax = bodyBytesMaxDefault,
}: AlertmanagerOptions): Alerts {
  const server = new URL(url.endsWith('/') ? url : `${url}/`)
  const asked = new URL('api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true', server)
  // Whatever a user name or password in the URL is, it is not for logs.
  const name = `Alertmanager ${server.host}`
  return { name, list: async () => await list(asked, { name, timeoutMs, bodyBytesMax }) }
}

interface Asking {
  readonly name: string
  readonly timeoutMs: number
  readonly bodyBytesMax: number
}

async function list(url: URL, { name, timeoutMs, bodyBytesMax }: Asking): Promise<readonly Alert[]> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await request(url, { signal, headers: { accept: 'application/json' } })
    const type = [answer.headers['content-type'] ?? 'no content type'].flat().join(', ')
    const body = await bounded(answer.body, bodyBytesMax)
    if (answer.statusCode >= 500) throw new UnavailableError(`it answered ${answer.statusCode}`)
    if (answer.statusCode !== 200) throw unexpected(name, `status ${answer.statusCode}`)
    return alertsOf(body, { name, type })
  } catch (error) {
    if (error instanceof RefusedError || error instanceof UnavailableError) throw error
    if (signal.aborted) throw new TimeoutError(`no answer within ${timeoutMs} ms`, { cause: error })
    throw transportError(error, 'asking for alerts')
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

function alertsOf(body: string, { name, type }: { readonly name: string; readonly type: string }): readonly Alert[] {
  const parsed = parsedJson(body)
  if (!Array.isArray(parsed)) throw unexpected(name, type)
  return parseAlerts(parsed)
}

/** A login page, a proxy, another program at this address: an empty list would be a guess. */
const unexpected = (name: string, got: string): RefusedError =>
  new RefusedError(
    `expected a JSON list of alerts, got ${got}: is ${name} an Alertmanager with API v2 at this address?`,
    {
      status: 200,
      reason: 'NoAlertList',
    },
  )

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
