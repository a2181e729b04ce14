import { textAt } from '../../kernel/json.ts'
import { RefusedError } from '../../ports/errors.ts'

const pathLengthMax = 2_048

/**
 * The path of a URL that a service answered with. Whoever may write an answer must not send our token anywhere else: what does not
 * lead to the very same origin is refused. The URL itself is in no message, for it may carry anything.
 */
export function servicePath(text: string, origin: string): string {
  const url = text.length <= pathLengthMax && URL.canParse(text, origin) ? new URL(text, origin) : undefined
  if (url !== undefined && url.origin === origin && url.username === '' && url.password === '')
    return `${url.pathname}${url.search}`
  throw new RefusedError(`BMC ${new URL(origin).host} answers with a link that does not lead back to it`, {
    status: 0,
    reason: 'ForeignLink',
  })
}

/** The path behind `{"@odata.id": "/redfish/v1/Systems"}`; undefined where there is no link. */
export function linkedPath(link: unknown, origin: string): string | undefined {
  const text = textAt(link, '@odata.id')
  return text === undefined ? undefined : servicePath(text, origin)
}

/**
 * The first of several that leads back. Some services name themselves in `Location` by a name that nobody else has for them, and by
 * a path in the body.
 */
export function firstOwnPath(texts: readonly (string | undefined)[], origin: string): string | undefined {
  const isOwn = (text: string): boolean => URL.canParse(text, origin) && new URL(text, origin).origin === origin
  const own = texts.find((text) => text !== undefined && isOwn(text))
  return own === undefined ? undefined : servicePath(own, origin)
}
