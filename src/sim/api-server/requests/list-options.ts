import type { ApiRequest } from '../api-request.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, notSupported } from '../errors/causes.ts'
import { badRequest, internal, invalid } from '../errors/status-error.ts'
import { flagIn, numberIn } from './options.ts'

/** The options of list and watch, checked as the real server does. */
export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly limit: number
  readonly continue: string
  /** Undefined: whatever is newest. */
  readonly resourceVersion: number | undefined
  readonly match: 'Exact' | 'NotOlderThan' | undefined
  readonly timeoutSeconds: number | undefined
  readonly bookmarks: boolean
  readonly initialEvents: boolean | undefined
}

/** Throws 400, 422 or 500. */
export function listOptions({ query = {} }: ApiRequest, watch: boolean): ListOptions {
  const limit = numberIn(query, 'limit') ?? 0
  const timeoutSeconds = numberIn(query, 'timeoutSeconds')
  const { labelSelector = '', fieldSelector = '', resourceVersion = '', continue: token = '' } = query
  const match = query['resourceVersionMatch'] ?? ''
  const initialEvents = query['sendInitialEvents'] === undefined ? undefined : flagIn(query, 'sendInitialEvents')
  const causes = (watch ? watchCauses : listCauses)({ match, token, initialEvents, resourceVersion })
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes)
  return {
    labelSelector,
    fieldSelector,
    limit: Math.max(0, limit),
    continue: token,
    resourceVersion: versionIn(resourceVersion, watch),
    match: matches.find((known) => known === match),
    timeoutSeconds,
    bookmarks: flagIn(query, 'allowWatchBookmarks'),
    initialEvents,
  }
}

const matches = ['Exact', 'NotOlderThan'] as const

/** A watch answers 500 where a list answers 400: a habit of the real server. Throws either. */
export function versionIn(text: string, watch: boolean): number | undefined {
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  const why = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  throw watch ? internal(why) : badRequest(`invalid resource version: ${why}`)
}

interface Asked {
  readonly match: string
  readonly token: string
  readonly initialEvents: boolean | undefined
  readonly resourceVersion: string
}

const field = 'resourceVersionMatch'

function watchCauses({ match, token, initialEvents }: Asked): readonly Cause[] {
  if (token !== '') return [forbiddenField(field, `${field} is forbidden when continue is provided`)]
  if (initialEvents === undefined) {
    return match === ''
      ? []
      : [forbiddenField(field, `${field} is forbidden for watch unless sendInitialEvents is provided`)]
  }
  return [
    ...(match === 'NotOlderThan'
      ? []
      : [forbiddenField(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')]),
    ...(match === '' || match === 'NotOlderThan' ? [] : [notSupported(field, match, ['NotOlderThan'])]),
  ]
}

function listCauses({ match, token, initialEvents, resourceVersion }: Asked): readonly Cause[] {
  const known = match === '' || match === 'Exact' || match === 'NotOlderThan'
  return [
    ...(match !== '' && token !== '' ? [forbiddenField(field, `${field} is forbidden when continue is provided`)] : []),
    ...(match !== '' && token === '' && resourceVersion === ''
      ? [forbiddenField(field, `${field} is forbidden unless resourceVersion is provided`)]
      : []),
    ...(match === 'Exact' && resourceVersion === '0'
      ? [forbiddenField(field, `${field} "exact" is forbidden for resourceVersion "0"`)]
      : []),
    ...(known ? [] : [notSupported(field, match, ['Exact', 'NotOlderThan', ''])]),
    ...(initialEvents === undefined
      ? []
      : [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')]),
  ]
}
