import { Client, type Dispatcher } from 'undici'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { type Mono, mono } from '../../kernel/time.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import type { BmcNetworks } from '../bmc-networks.ts'
import { refuseLate, type Timely } from '../timely.ts'
import { trustedConnector } from './trusted-connector.ts'

export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Already judged by `servicePath`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: JsonObject
  /** It switches power: whatever breaks after it left has an unknown outcome. */
  readonly isOrder?: boolean
}

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly header: (name: string) => string | undefined
  /** Undefined: there was none, or it was no JSON object. */
  readonly resource: JsonObject | undefined
  readonly isEmpty: boolean
}

/** Until when an exchange may leave, and until when its answer is waited for. */
export interface Patience {
  readonly notAfter: Mono
  readonly signal: AbortSignal
}

const bodyBytesMax = 1_024 * 1_024

/** One BMC over HTTP/1.1 and TLS, one request after the other. Redirects are not followed. */
export class Exchange {
  readonly origin: string
  readonly #name: string
  readonly #client: Client
  readonly #dispatcher: Dispatcher

  constructor(access: RedfishAccess, networks: BmcNetworks) {
    const { address, port } = access
    this.#name = `BMC ${address}:${port}`
    this.origin = new URL(`https://${address.includes(':') ? `[${address}]` : address}:${port}`).origin
    this.#client = new Client(this.origin, {
      allowH2: false,
      pipelining: 1,
      connect: trustedConnector(access, networks),
      maxResponseSize: bodyBytesMax,
      // Less than any BMC keeps an idle connection: a request must not meet one that is being closed.
      keepAliveTimeout: 2_000,
      keepAliveMaxTimeout: 2_000,
    })
    this.#dispatcher = this.#client.compose(refuseLate)
  }

  /** Rejects with UnavailableError where nothing was sent or a reading broke off, TimeoutError where the outcome is unknown. */
  async ask(question: Question, { notAfter, signal }: Patience): Promise<Answer> {
    const left = { isLeft: false }
    const onLeaving = (): void => {
      left.isLeft = true
    }
    const opaque: Timely = { notAfter, mono: monoNow, onLeaving }
    const { method, path, headers = {}, body } = question
    try {
      const answer = await this.#dispatcher.request({
        origin: this.origin,
        method,
        path,
        headers: { ...commonHeaders, ...(body === undefined ? {} : jsonHeaders), ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal,
        opaque,
      })
      return answerOf(answer, await answer.body.text())
    } catch (error) {
      throw this.#failure(error, question, left.isLeft)
    }
  }

  /** Breaks off whatever is under way. */
  async close(): Promise<void> {
    await this.#client.destroy()
  }

  #failure(error: unknown, question: Question, isLeft: boolean): Error {
    if (error instanceof UnavailableError || error instanceof RefusedError) return error
    const asked = `${this.#name}: \`${question.method} ${question.path}\``
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!isLeft) return new UnavailableError(`${asked} could not be sent`)
    if (question.isOrder === true || isAborted(error)) return new TimeoutError(`${asked} has no answer`)
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
      return new RefusedError(`${asked} is answered with more than ${bodyBytesMax} bytes`, {
        status: 200,
        reason: 'TooLarge',
      })
    return new UnavailableError(`${asked} broke off${code === '' ? '' : `: ${code}`}`)
  }
}

/** `mono` of the port: the clock by which `notAfter` is given. */
export const monoNow = (): Mono => mono(performance.now())

const commonHeaders = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'odata-version': '4.0',
  'user-agent': 'prunella',
}
const jsonHeaders = { 'content-type': 'application/json' }

function answerOf({ statusCode, headers }: Dispatcher.ResponseData<unknown>, text: string): Answer {
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  return { status: statusCode, header, resource: objectIn(text), isEmpty: text.trim() === '' }
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isAborted = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
