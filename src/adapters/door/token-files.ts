import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { BearerTokens } from '../../ports/http-door.ts'
import type { Log } from '../../ports/journal.ts'

/** A file that was replaced counts within this time. */
const keptMs = seconds(1)

/** One token per file, without the white space around it. While one is rotated, two files are valid side by side. */
export class TokenFiles implements BearerTokens {
  readonly #paths: readonly string[]
  readonly #clock: Pick<Clock, 'mono'>
  readonly #log: Log
  readonly #complained = new Map<string, string>()
  #readAt = Number.NEGATIVE_INFINITY
  #digests: readonly Buffer[] = []

  constructor(paths: readonly string[], { clock, log }: { readonly clock: Pick<Clock, 'mono'>; readonly log: Log }) {
    this.#paths = paths
    this.#clock = clock
    this.#log = log
  }

  /** Digests are compared, all of them: neither length nor content shows in the time it takes. */
  readonly isValid = (token: string): boolean => {
    const digest = digestOf(token)
    return this.#current().filter((known) => timingSafeEqual(known, digest)).length > 0
  }

  #current(): readonly Buffer[] {
    const now = this.#clock.mono()
    if (now - this.#readAt < keptMs) return this.#digests
    this.#readAt = now
    this.#digests = this.#paths.flatMap((path) => {
      const token = this.#read(path)
      return token === '' ? [] : [digestOf(token)]
    })
    return this.#digests
  }

  /** Empty: there is none, and nothing is as good as it. */
  #read(path: string): string {
    try {
      const token = readFileSync(path, 'utf8').trim()
      this.#complain(path, token === '' ? 'it is empty' : '')
      return token
    } catch (error) {
      this.#complain(path, error instanceof Error ? error.message : String(error))
      return ''
    }
  }

  /** Once per cause. */
  #complain(path: string, cause: string): void {
    if (cause !== '' && this.#complained.get(path) !== cause) {
      this.#log.warn('Could not read a bearer token of the receiver', { file: path, cause })
    }
    this.#complained.set(path, cause)
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()
