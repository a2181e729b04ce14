import { at, isObject, type JsonObject, numberAt, textAt } from '../kernel/json.ts'
import { errorOf } from './status-error.ts'

export type WatchEvent =
  | { readonly type: 'Put' | 'Delete'; readonly raw: JsonObject; readonly resourceVersion: string }
  /** Nothing happened up to here. `endsReplay`: everything that was there when the watch was opened has been told. */
  | { readonly type: 'Bookmark'; readonly resourceVersion: string; readonly endsReplay: boolean }

/** The stream said something that nobody can read, so something may have been missed: list again. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError'
}

/** Throws what an ERROR event stands for (ExpiredError for a 410), and UnreadableEventError. */
export function watchEventOf(event: unknown): WatchEvent {
  const type = textAt(event, 'type') ?? ''
  const raw = at(event, 'object')
  if (!isObject(raw)) throw new UnreadableEventError('a watch event without an object')
  if (type === 'ERROR') throw errorOf({ status: numberAt(raw, 'code') ?? 500, headers: {}, body: raw }, 'watching')

  const resourceVersion = textAt(raw, 'metadata', 'resourceVersion') ?? ''
  if (!/^\d+$/.test(resourceVersion))
    throw new UnreadableEventError(`a watch event of type ${type} without a resourceVersion`)
  if (type === 'BOOKMARK') {
    const endsReplay = textAt(raw, 'metadata', 'annotations', 'k8s.io/initial-events-end') === 'true'
    return { type: 'Bookmark', resourceVersion, endsReplay }
  }
  assertIdentity(raw)
  if (type === 'ADDED' || type === 'MODIFIED') return { type: 'Put', raw, resourceVersion }
  if (type === 'DELETED') return { type: 'Delete', raw, resourceVersion }
  throw new UnreadableEventError(`a watch event of the unknown type ${type}`)
}

function assertIdentity(raw: JsonObject): void {
  const [name, uid] = [textAt(raw, 'metadata', 'name') ?? '', textAt(raw, 'metadata', 'uid') ?? '']
  if (name === '' || uid === '') throw new UnreadableEventError('a watch event for an object without name or UID')
}
