import { type JsonObject, textAt } from '../../../kernel/json.ts'
import type { WatchEvent, WatchSink } from '../api-request.ts'
import { expired, resourceVersionTooLarge, type StatusError } from '../errors/status-error.ts'
import { withMetadata } from '../objects/fields.ts'
import type { ListOptions } from '../requests/list-options.ts'
import { apiVersionOf, type ResourceDescriptor } from '../resources/descriptor.ts'
import { present } from '../resources/presentation.ts'
import type { Selection } from '../selection/selection.ts'
import type { Committed } from '../storage/change-log.ts'
import { deepFreeze } from '../storage/deep-freeze.ts'
import type { Storage } from '../storage/storage.ts'

export interface WatchRequest {
  readonly resource: ResourceDescriptor
  readonly namespace: string
  readonly selection: Selection
  readonly options: ListOptions
  /** What an object is shown as: itself, or a table. */
  readonly show: (object: JsonObject) => JsonObject
}

/** One open watch. */
export class Watcher {
  readonly storageKey: string
  readonly #request: WatchRequest
  readonly #sink: WatchSink
  /** Told up to here; what a re-entrant write commits meanwhile must not be told twice. */
  #told = 0

  constructor(request: WatchRequest, sink: WatchSink) {
    this.storageKey = request.resource.storageKey
    this.#request = request
    this.#sink = sink
  }

  /** Tells what was, or what happened since. A watch that is too old is told so in the stream, and is over: false. */
  begin(storage: Storage): boolean {
    const { options } = this.#request
    this.#told = storage.revision
    const { initialEvents, resourceVersion } = options
    const fromNow = initialEvents === undefined && (resourceVersion === undefined || resourceVersion === 0)
    if (fromNow || initialEvents === true) {
      if (resourceVersion !== undefined && resourceVersion > storage.revision)
        return this.#refuse(resourceVersionTooLarge(String(resourceVersion), storage.revision))
      this.#tellAll(storage)
      if (options.bookmarks && (initialEvents === true || resourceVersion === 0))
        this.#tellBookmark(storage.revision, true)
      return true
    }
    return resourceVersion === undefined || resourceVersion === 0 || this.#catchUp(storage, resourceVersion)
  }

  tell(change: Committed): void {
    if (change.revision <= this.#told) return
    this.#told = change.revision
    this.#tellChange(change)
  }

  bookmark(revision: number): void {
    if (this.#request.options.bookmarks) this.#tellBookmark(revision, false)
  }

  end(): void {
    this.#sink.end()
  }

  /** The status is 200 by now: an error can only be an event. */
  #refuse({ status }: StatusError): false {
    this.#sink.event({ type: 'ERROR', object: status })
    return false
  }

  #tellAll(storage: Storage): void {
    const { resource, namespace, selection } = this.#request
    const store = storage.storeOf(resource)
    for (const key of store.keys(namespace).slice()) {
      const object = store.get(key)
      if (object !== undefined && selection.matches(object)) this.#send('ADDED', present(resource, object))
    }
  }

  #catchUp(storage: Storage, since: number): boolean {
    const missed = storage.storeOf(this.#request.resource).log.after(since)
    if (missed === undefined) {
      const { knownSince } = storage.storeOf(this.#request.resource).log
      return this.#refuse(expired(`too old resource version: ${since} (${knownSince})`))
    }
    this.#told = Math.max(storage.revision, since)
    for (const change of missed) this.#tellChange(change)
    return true
  }

  /** An object that enters the selection is added, one that leaves it is deleted with what it last was there. */
  #tellChange(change: Committed): void {
    const { resource, namespace, selection } = this.#request
    if (namespace !== '' && !change.key.startsWith(`${namespace}/`)) return
    const is = change.type !== 'DELETED' && selection.matches(change.object)
    const was = change.previous !== undefined && selection.matches(change.previous)
    if (is) this.#send(was ? 'MODIFIED' : 'ADDED', present(resource, change.object))
    else if (was && change.previous !== undefined)
      this.#send('DELETED', present(resource, lastSeen(change, change.previous)))
  }

  #send(type: WatchEvent['type'], object: JsonObject): void {
    this.#sink.event({ type, object: this.#request.show(object) })
  }

  #tellBookmark(revision: number, initial: boolean): void {
    const { resource } = this.#request
    const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
    const metadata = { resourceVersion: String(revision), ...annotations }
    this.#sink.event({
      type: 'BOOKMARK',
      object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata },
    })
  }
}

/** The last state, under the number of the change that took it away. */
function lastSeen({ type, object, revision }: Committed, previous: JsonObject): JsonObject {
  if (type === 'DELETED' && textAt(previous, 'metadata', 'uid') === textAt(object, 'metadata', 'uid')) return object
  return deepFreeze(withMetadata(previous, { resourceVersion: String(revision) }))
}
