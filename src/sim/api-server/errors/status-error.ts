import type { JsonObject } from '../../../kernel/json.ts'
import type { ApiResponse } from '../api-request.ts'
import type { Cause } from '../crd/cause.ts'

/** The answer to a request that is refused: a metav1.Status. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number
  readonly status: JsonObject
  readonly headers: Readonly<Record<string, string>>

  constructor({ code, reason, message, details, metadata = {}, headers = {} }: StatusParts) {
    super(message)
    this.code = code
    this.headers = headers
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }

  response(): ApiResponse {
    return { status: this.code, headers: { 'content-type': 'application/json', ...this.headers }, body: this.status }
  }
}

export interface StatusParts {
  readonly code: number
  /** Undefined: the real server gives none (500 for what it did not expect). */
  readonly reason?: string
  readonly message: string
  readonly details?: JsonObject
  /** Where a list that expired may go on. */
  readonly metadata?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
}

/** What an error speaks of: the resource in most texts, the kind in those of validation. */
export interface Subject {
  readonly group: string
  readonly plural: string
  readonly kind: string
}

const grouped = (word: string, group: string): string => (group === '' ? word : `${word}.${group}`)

const resourceDetails = ({ group, plural }: Subject, name: string): JsonObject => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: plural,
})

export const badRequest = (message: string): StatusError =>
  new StatusError({ code: 400, reason: 'BadRequest', message })

/** Errors that the real server passes on without a reason. */
export const internal = (message: string): StatusError => new StatusError({ code: 500, message })

export const notFound = (subject: Subject, name: string): StatusError =>
  new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${grouped(subject.plural, subject.group)} "${name}" not found`,
    details: resourceDetails(subject, name),
  })

/** The path is of the API, and nothing is served there. */
export const noSuchResource = (): StatusError =>
  new StatusError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  })

export const methodNotAllowed = (): StatusError =>
  new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  })

export const alreadyExists = (subject: Subject, name: string, isTerminating: boolean): StatusError =>
  new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${isTerminating ? 'object is being deleted: ' : ''}${grouped(subject.plural, subject.group)} "${name}" already exists`,
    details: resourceDetails(subject, name),
  })

export const conflict = (subject: Subject, name: string, why: string = modifiedMeanwhile): StatusError =>
  new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${grouped(subject.plural, subject.group)} "${name}": ${why}`,
    details: resourceDetails(subject, name),
  })

const modifiedMeanwhile = 'the object has been modified; please apply your changes to the latest version and try again'

export const forbidden = (subject: Subject, name: string, why: string): StatusError => {
  const what = grouped(subject.plural, subject.group)
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: name === '' ? `${what} is forbidden: ${why}` : `${what} "${name}" is forbidden: ${why}`,
    details: resourceDetails(subject, name),
  })
}

export function invalid(
  { group, kind }: { readonly group: string; readonly kind: string },
  name: string,
  causes: readonly Cause[],
): StatusError {
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${grouped(kind, group)} "${name}" is invalid: ${summary(causes)}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      ...(kind === '' ? {} : { kind }),
      causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  })
}

/** Several errors in brackets, each text once, as Go's aggregate prints them. */
function summary(causes: readonly Cause[]): string {
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

export const expired = (message: string): StatusError => new StatusError({ code: 410, reason: 'Expired', message })

export const resourceVersionTooLarge = (asked: string, current: number): StatusError =>
  new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    headers: { 'retry-after': '1' },
  })

export const unsupportedPatchType = (): StatusError =>
  new StatusError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} })

const unknownFormat = (accepted: readonly string[]): StatusError =>
  new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  })

export const unsupportedBodyType = (): StatusError =>
  unknownFormat(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])

/** Custom resources know no strategic merge patch. */
export const unsupportedCustomPatchType = (): StatusError =>
  unknownFormat(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'])

/** The real server says no more than this of a JSON patch that cannot be applied. */
export const rejectedPatch = (): StatusError =>
  new StatusError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  })
