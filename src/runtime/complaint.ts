import type { JsonObject } from '../kernel/json.ts'
import { UnreachableError } from '../ports/errors.ts'
import type { Log } from '../ports/journal.ts'

/** Says what is wrong once per cause, not once per try, and says when it is over. */
export class Complaint {
  readonly #log: Log
  #cause: string | undefined

  constructor(log: Log) {
    this.#log = log
  }

  about(text: string, error: unknown, fields: JsonObject = {}): void {
    if (isAnnounced(error)) return
    const cause = causeText(error)
    if (cause === this.#cause) return
    this.#cause = cause
    this.#log.warn(text, { ...fields, cause })
  }

  over(text: string, fields: JsonObject = {}): void {
    if (this.#cause === undefined) return
    this.#cause = undefined
    this.#log.info(text, fields)
  }
}

/** Somewhere along the causes is an outage that has been said already. */
const isAnnounced = (error: unknown): boolean =>
  error instanceof UnreachableError || (error instanceof Error && error.cause !== undefined && isAnnounced(error.cause))

/** The messages along the causes, outermost first; what a message already ends with is not said twice. */
export function causeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause === undefined) return error.message
  const inner = causeText(error.cause)
  return error.message.endsWith(inner) ? error.message : `${error.message}: ${inner}`
}
