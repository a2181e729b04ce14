import { TimeoutError, UnavailableError } from '../../ports/errors.ts'

/** Was anything sent? Where that is not certain the outcome is unknown. */
export function transportError(error: unknown, doing: string): TimeoutError | UnavailableError {
  if (error instanceof UnavailableError) return error
  const message = `${doing}: ${reasonOf(error)}`
  return isBeforeSending(codeOf(error))
    ? new UnavailableError(message, { cause: error })
    : new TimeoutError(message, { cause: error })
}

const connecting: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'EPROTO',
])

/** No byte of a request leaves before the names are resolved, the connection stands and the certificates are accepted. */
const isBeforeSending = (code: string): boolean =>
  connecting.has(code) || /^(CERT_|UNABLE_TO_GET_|ERR_TLS_|ERR_SSL_|ERR_OSSL_)/.test(code)

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return codeOf(inner)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' ? codeOf(error) : error.message
}
