import { at, type JsonObject, textAt } from '../../kernel/json.ts'
import { type Mono, minutes, monoLater } from '../../kernel/time.ts'
import { RefusedError, UnavailableError } from '../../ports/errors.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import { type Answer, type Exchange, monoNow, type Patience, type Question } from './exchange.ts'
import { failureOf, hasNoSession } from './failure.ts'
import { firstOwnPath, linkedPath } from './service-path.ts'

type Credential =
  | { readonly kind: 'Session'; readonly token: string; readonly path: string | undefined }
  /** Where a service has no sessions. */
  | { readonly kind: 'Basic' }

/** A password that was refused is not tried again for so long: some tries more, and a BMC locks the account for everybody. */
const refusalHoldsForMs = minutes(2)

/** One log-in to one BMC, kept for as long as it is good. */
export class Session {
  readonly #exchange: Exchange
  readonly #access: RedfishAccess
  readonly #name: string
  #credential: Credential | undefined
  #refusal: { readonly error: Error; readonly until: Mono } | undefined

  constructor(exchange: Exchange, access: RedfishAccess) {
    this.#exchange = exchange
    this.#access = access
    this.#name = `BMC ${access.address}:${access.port}`
  }

  /** How long the password is not tried again, in milliseconds. */
  get refusedForMs(): number {
    return this.#refusal === undefined ? 0 : Math.max(0, this.#refusal.until - monoNow())
  }

  /** A 401 did nothing, so that the question may be asked once more, by a new session: the old one may have expired. */
  async ask(question: Question, patience: Patience): Promise<Answer> {
    const answer = await this.#askWith(await this.#open(patience), question, patience)
    if (answer.status !== 401) return answer
    const wasBasic = this.#credential?.kind === 'Basic'
    this.#credential = undefined
    if (wasBasic) throw this.#refuse(answer)
    return await this.#askWith(await this.#open(patience), question, patience)
  }

  /** Gives the session back. Whatever goes wrong with it: the service ends it by itself, later. */
  async end(patience: Patience): Promise<void> {
    const credential = this.#credential
    this.#credential = undefined
    if (credential?.kind !== 'Session' || credential.path === undefined) return
    const question: Question = { method: 'DELETE', path: credential.path }
    await this.#askWith(credential, question, patience).catch(() => {})
  }

  async #askWith(credential: Credential, question: Question, patience: Patience): Promise<Answer> {
    const own: Readonly<Record<string, string>> =
      credential.kind === 'Session' ? { 'x-auth-token': credential.token } : { authorization: this.#basic() }
    return await this.#exchange.ask({ ...question, headers: { ...question.headers, ...own } }, patience)
  }

  async #open(patience: Patience): Promise<Credential> {
    if (this.#credential !== undefined) return this.#credential
    if (this.#refusal !== undefined && this.refusedForMs > 0) throw this.#refusal.error
    const root = await this.#root(patience)
    const path = linkedPath(at(root, 'Links', 'Sessions'), this.#exchange.origin)
    this.#credential = path === undefined ? { kind: 'Basic' } : await this.#logIn(path, patience)
    return this.#credential
  }

  /** The one resource that is shown to strangers. Some services want to know even here who asks. */
  async #root(patience: Patience): Promise<JsonObject | undefined> {
    const question: Question = { method: 'GET', path: rootPath }
    const answer = await this.#exchange.ask(question, patience)
    if (answer.status === 401) {
      const known = await this.#askWith({ kind: 'Basic' }, question, patience)
      if (known.status === 401) throw this.#refuse(known)
      return known.resource
    }
    if (answer.status >= 300) throw failureOf(answer, this.#asked(`GET ${rootPath}`))
    return answer.resource
  }

  async #logIn(path: string, patience: Patience): Promise<Credential> {
    const { username, password } = this.#access
    const body = { UserName: username, Password: password }
    const answer = await this.#exchange.ask({ method: 'POST', path, body }, patience)
    if (answer.status === 401 || answer.status === 403) throw this.#refuse(answer)
    if (hasNoSession(answer)) throw new UnavailableError(`${this.#name} has no session free`)
    if (lacksSessions.has(answer.status)) return { kind: 'Basic' }
    if (answer.status >= 300) throw failureOf(answer, this.#asked(`POST ${path}`))
    const token = answer.header('x-auth-token')
    if (token === undefined || token === '')
      throw new RefusedError(`${this.#name} opens a session without a token`, {
        status: answer.status,
        reason: 'NotRedfish',
      })
    return { kind: 'Session', token, path: this.#sessionPath(answer) }
  }

  /** A session that cannot be given back is still one. */
  #sessionPath(answer: Answer): string | undefined {
    return firstOwnPath([answer.header('location'), textAt(answer.resource, '@odata.id')], this.#exchange.origin)
  }

  #refuse(answer: Answer): Error {
    const error = failureOf(answer, this.#asked('the log-in'))
    this.#refusal = { error, until: monoLater(monoNow(), refusalHoldsForMs) }
    return error
  }

  readonly #asked = (what: string) => ({ asked: `${this.#name}: \`${what}\``, isOrder: false })

  #basic(): string {
    const { username, password } = this.#access
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }
}

const rootPath = '/redfish/v1/'

/** Not found, not allowed, not implemented. */
const lacksSessions: ReadonlySet<number> = new Set([404, 405, 501])
