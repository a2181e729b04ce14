import type { Kind } from '../api/kind.ts'
import { at, type JsonObject, textAt } from '../kernel/json.ts'
import { seconds } from '../kernel/time.ts'
import type { ListQuery } from '../ports/cluster.ts'
import { UnavailableError } from '../ports/errors.ts'
import type { Transport, TransportRequest } from '../ports/transport.ts'
import { collectionPath } from './resource-path.ts'
import { errorOf } from './status-error.ts'

export interface Page {
  readonly objects: readonly JsonObject[]
  /** Of the whole list: every page shows the same moment. */
  readonly resourceVersion: string
}

export interface Listing {
  readonly kind: Kind
  readonly query: ListQuery
  readonly lane: TransportRequest['lane']
}

/** Some 3.5 MB of pods: parsed in one go without holding up the event loop for long. */
const pageLimit = 500
const pageTimeoutMs = seconds(30)

/** A quorum list in pages. Throws ExpiredError when the list takes so long that its moment is forgotten: begin again. */
export async function* pagesOf(transport: Transport, { kind, query, lane }: Listing): AsyncGenerator<Page, void> {
  const path = collectionPath(kind, query.namespace)
  let next = ''
  do {
    const answer = await transport.request({
      method: 'GET',
      path,
      query: { limit: String(pageLimit), ...selectorsOf(query), ...(next === '' ? {} : { continue: next }) },
      unread: unreadIn(kind),
      timeoutMs: pageTimeoutMs,
      lane,
    })
    if (answer.status !== 200) throw errorOf(answer, `listing ${kind.plural}`)
    const objects = at(answer.body, 'items') === null ? [] : at(answer.body, 'items')
    if (!isListOfObjects(objects))
      throw new UnavailableError(`listing ${kind.plural}: the answer was no list of objects`)
    yield {
      objects,
      resourceVersion: textAt(answer.body, 'metadata', 'resourceVersion') ?? '',
    }
    next = textAt(answer.body, 'metadata', 'continue') ?? ''
  } while (next !== '')
}

/** An object that cannot be read is not left out: a list with a gap would say that somebody is gone. */
const isListOfObjects = (value: unknown): value is readonly JsonObject[] =>
  Array.isArray(value) &&
  value.every(
    (member) => (textAt(member, 'metadata', 'name') ?? '') !== '' && textAt(member, 'metadata', 'uid') !== undefined,
  )

/** Who wrote which field is nobody's business here, unless the kind says so. */
export const unreadIn = ({ unread = [], readsManagers = false }: Pick<Kind, 'unread' | 'readsManagers'>) =>
  readsManagers ? unread : ['managedFields', ...unread]

export const selectorsOf = ({ labelSelector, fieldSelector }: ListQuery): Readonly<Record<string, string>> => ({
  ...(labelSelector === undefined ? {} : { labelSelector }),
  ...(fieldSelector === undefined ? {} : { fieldSelector }),
})
