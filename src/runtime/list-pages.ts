import type { Kind } from '../api/kind.ts'
import { isObject, type JsonObject, listAt, textAt } from '../kernel/json.ts'
import { seconds } from '../kernel/time.ts'
import type { ListQuery } from '../ports/cluster.ts'
import { TimeoutError } from '../ports/errors.ts'
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
      timeoutMs: pageTimeoutMs,
      lane,
    })
    if (answer.status !== 200) throw errorOf(answer, `listing ${kind.plural}`)
    if (!isObject(answer.body)) throw new TimeoutError(`listing ${kind.plural}: the answer was no list`)
    yield {
      objects: listAt(answer.body, 'items').filter(isObject),
      resourceVersion: textAt(answer.body, 'metadata', 'resourceVersion') ?? '',
    }
    next = textAt(answer.body, 'metadata', 'continue') ?? ''
  } while (next !== '')
}

export const selectorsOf = ({ labelSelector, fieldSelector }: ListQuery): Readonly<Record<string, string>> => ({
  ...(labelSelector === undefined ? {} : { labelSelector }),
  ...(fieldSelector === undefined ? {} : { fieldSelector }),
})
