import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import { TimeoutError } from '../../ports/errors.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import type { Answer, Patience } from './exchange.ts'
import { failureOf, notRedfish } from './failure.ts'
import type { Line } from './line.ts'
import { firstOwnPath, linkedPath, servicePath } from './service-path.ts'

export interface Resource {
  readonly path: string
  readonly object: JsonObject
  readonly etag: string | undefined
}

interface Order {
  readonly path: string
  readonly body: JsonObject
  readonly ifMatch: string | undefined
}

/** One visit to one BMC, which ends with its patience. */
export class Talk {
  readonly access: RedfishAccess
  readonly line: Line
  /** Once it has left, what breaks is unknown; before that, nothing was done. */
  hasOrdered = false
  readonly #patience: Patience

  constructor(access: RedfishAccess, line: Line, patience: Patience) {
    this.access = access
    this.line = line
    this.#patience = patience
  }

  get name(): string {
    return `BMC ${this.access.address}:${this.access.port}`
  }

  async get(path: string): Promise<Resource> {
    const answer = await this.answerTo(path)
    if (answer.status >= 300) throw this.#failed(answer, { asked: `GET ${path}`, isOrder: false })
    if (answer.resource === undefined) {
      // A page for people may be what has become of our session.
      await this.line.session.end(this.#patience)
      throw notRedfish(answer, `${this.name}: \`GET ${path}\``)
    }
    const etag = answer.header('etag') ?? textOf(answer.resource['@odata.etag'])
    return { path, object: answer.resource, etag }
  }

  /** Whatever its status is. */
  async answerTo(path: string): Promise<Answer> {
    return this.#heard(await this.line.session.ask({ method: 'GET', path }, this.#patience))
  }

  async order({ path, body, ifMatch }: Order): Promise<Answer> {
    this.hasOrdered = true
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch }
    const question = { method: 'POST', path, headers, body, isOrder: true } as const
    return this.#heard(await this.line.session.ask(question, this.#patience))
  }

  /** Rejects when the visit is over before that. */
  async pause(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.#patience.signal })
    } catch {
      throw new TimeoutError(`${this.name} has not come to an end in time`)
    }
  }

  readonly pathOf = (link: unknown): string | undefined => linkedPath(link, this.line.exchange.origin)

  readonly firstOwnPath = (...texts: readonly (string | undefined)[]): string | undefined =>
    firstOwnPath(texts, this.line.exchange.origin)

  readonly ownPath = (text: string): string => servicePath(text, this.line.exchange.origin)

  readonly failed = (answer: Answer, what: string): Error => this.#failed(answer, { asked: what, isOrder: true })

  #failed(answer: Answer, { asked, isOrder }: { readonly asked: string; readonly isOrder: boolean }): Error {
    return failureOf(answer, { asked: `${this.name}: \`${asked}\``, isOrder })
  }

  /** Who asks for patience is left in peace, also by whoever comes next. */
  #heard(answer: Answer): Answer {
    if (answer.status === 503 || answer.status === 429) this.line.restFor(retryAfterMs(answer) ?? 0)
    return answer
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** As seconds; the form with a date would need a clock that agrees with theirs. */
export function retryAfterMs(answer: Answer): number | undefined {
  const text = answer.header('retry-after') ?? ''
  return /^\d{1,6}$/.test(text) ? seconds(Number(text)) : undefined
}
