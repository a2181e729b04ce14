import { isObject } from '../../../kernel/json.ts'
import { badRequest } from '../errors/status-error.ts'

/** Where a paged list goes on: behind a key, in the world as it was at a revision. */
export interface Continuation {
  readonly revision: number
  readonly start: string
}

/** The smallest key behind another one has this after it. */
const end = '\u0000'

/** Opaque to clients, and the same form that the real server uses. */
export const writeToken = ({ revision, start }: Continuation): string =>
  btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${start}${end}` }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

/** Throws a 400. */
export function readToken(token: string): Continuation {
  const read = decode(token)
  if (!isObject(read))
    throw badRequest(
      "invalid continue token: continue key is not valid: invalid character '~' looking for beginning of value",
    )
  const { v, rv, start } = read
  if (v !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string') {
    throw badRequest(
      'invalid continue token: continue key is not valid: server does not recognize this encoded version ""',
    )
  }
  return { revision: rv, start: start.endsWith(end) ? start.slice(0, -1) : start }
}

function decode(token: string): unknown {
  try {
    return JSON.parse(atob(token.replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return undefined
  }
}
