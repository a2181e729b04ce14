import { at, listAt, numberAt, textAt } from '../kernel/json.ts'
import { minutes, seconds } from '../kernel/time.ts'
import {
  AlreadyExistsError,
  ConflictError,
  ExpiredError,
  NotFoundError,
  RefusedError,
  ThrottledError,
  TimeoutError,
  UnavailableError,
} from '../ports/errors.ts'
import type { TransportResponse } from '../ports/transport.ts'

/** The one place where an answer that is no success becomes an error. `doing` says what was asked: `getting nodes node-1`. */
export function errorOf(answer: TransportResponse, doing: string): Error {
  const message = `${doing}: ${statusMessage(answer)}`
  switch (answer.status) {
    case 404:
      return isAboutOneObject(answer.body) ? new NotFoundError(message) : refused(answer, message)
    case 409:
      return reasonOf(answer) === 'AlreadyExists' ? new AlreadyExistsError(message) : new ConflictError(message)
    case 410:
      return new ExpiredError(message)
    case 429:
      return new ThrottledError(message, retryAfterMs(answer) || defaultPatienceMs)
    case 503:
      return unavailable(answer, message)
    default:
      // Behind a 500, 502 or 504 the write may have reached etcd all the same: the outcome is unknown.
      return answer.status >= 500 ? new TimeoutError(message) : refused(answer, message)
  }
}

/** Whoever says when to come again is asked again then, and not before. */
function unavailable(answer: TransportResponse, message: string): ThrottledError | UnavailableError {
  const patienceMs = retryAfterMs(answer) ?? 0
  return patienceMs > 0 ? new ThrottledError(message, patienceMs) : new UnavailableError(message)
}

/** When a server that is busy does not say for how long, or asks for no patience at all: nobody spins. */
const defaultPatienceMs = seconds(1)

/**
 * A 404 is evidence of absence only as the API server's own word on a named object. A proxy in between, or a kind that is not
 * served, knows nothing of the object; to believe it would be to believe that a node is gone.
 */
const isAboutOneObject = (body: unknown): boolean =>
  textAt(body, 'kind') === 'Status' && (textAt(body, 'details', 'name') ?? '') !== ''

/** Whoever stands in between may ask for hours, and no event cuts a hold short. */
const longestPatienceMs = minutes(1)

/** From the header, or from the body, where the server says so. */
export function retryAfterMs({ headers, body }: TransportResponse): number | undefined {
  const fromHeader = headers['retry-after']
  const count = fromHeader === undefined ? numberAt(body, 'details', 'retryAfterSeconds') : Number(fromHeader)
  return count !== undefined && Number.isFinite(count) && count >= 0
    ? Math.min(seconds(count), longestPatienceMs)
    : undefined
}

export const statusMessage = ({ status, body }: TransportResponse): string =>
  textAt(body, 'message') ?? `the answer was ${status} without a reason`

const reasonOf = ({ body }: TransportResponse): string => textAt(body, 'reason') ?? ''

export interface StatusCause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

export const causesOf = ({ body }: TransportResponse): readonly StatusCause[] =>
  listAt(at(body, 'details'), 'causes').map((cause) => ({
    reason: textAt(cause, 'reason') ?? '',
    message: textAt(cause, 'message') ?? '',
    field: textAt(cause, 'field') ?? '',
  }))

const refused = (answer: TransportResponse, message: string): RefusedError =>
  new RefusedError(message, { status: answer.status, reason: reasonOf(answer) })
