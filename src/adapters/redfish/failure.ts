import { safeText } from '../../kernel/hostile-text.ts'
import { at, listAt, textAt } from '../../kernel/json.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { Answer } from './exchange.ts'

interface FailedAsk {
  /** As in `BMC 10.1.3.17:443: POST /redfish/v1/…`. */
  readonly asked: string
  /** It switches power: an answer that tells neither done nor refused leaves its outcome unknown. */
  readonly isOrder: boolean
}

/** What an answer that is no success means. Only MessageIds of the service are repeated: its sentences quote what they were sent. */
export function failureOf(answer: Answer, { asked, isOrder }: FailedAsk): Error {
  const { status } = answer
  const message = `${asked} answers ${status}${saidIn(answer)}`
  if (status >= 300 && status < 400) return refused(`${message}: redirects are not followed`, answer, 'Redirect')
  if (status === 401) return refused(`${message}: wrong user name or password`, answer, 'Unauthorized')
  if (status === 403) return refused(`${message}: the user must be an operator`, answer, 'Forbidden')
  if (patient.has(status) || hasNoSession(answer)) return new UnavailableError(message)
  // Its own word that it does not know the request, and what failed inside of it may have failed half-way.
  if (status < 500 || status === 501) return refused(message, answer, 'Denied')
  return isOrder ? new TimeoutError(message) : new UnavailableError(message)
}

/** A log-in page, another program at this address, a body that was cut: nothing that could be believed. */
export const notRedfish = (answer: Answer, asked: string): RefusedError =>
  refused(`${asked} answers ${answer.status} and no JSON object, expected Redfish`, answer, 'NotRedfish')

export const hasNoSession = (answer: Answer): boolean => messageIdsIn(answer).some((id) => noSession.test(id))

/** Base registry; the second one is Dell's. */
const noSession = /\.(SessionLimitExceeded|RAC0218)$/

/** Timed out before it began, somebody else is at it, changed meanwhile, locked, busy: nothing was done. */
const patient: ReadonlySet<number> = new Set([408, 409, 412, 423, 428, 429, 503])

const refused = (message: string, { status }: Answer, reason: string): RefusedError =>
  new RefusedError(message, { status, reason })

function saidIn(answer: Answer): string {
  const ids = messageIdsIn(answer)
  return ids.length === 0 ? '' : ` (${ids.join(', ')})`
}

const messageIdsMax = 3

function messageIdsIn({ resource }: Answer): readonly string[] {
  const entries = listAt(resource, 'error', '@Message.ExtendedInfo')
  const ids = [...entries.map((entry) => textAt(entry, 'MessageId')), textAt(at(resource, 'error'), 'code')]
  const shown = ids.filter((id): id is string => id !== undefined && /^[\w.]{1,80}$/.test(id))
  return [...new Set(shown)].slice(0, messageIdsMax).map((id) => safeText(id, 80))
}
