import type { JsonObject } from '../../kernel/json.ts'

/** One HTTP request, parsed. The server keeps no reference to the body: callers may go on changing it. */
export interface ApiRequest {
  readonly method: string
  /** Begins with a slash, each segment percent-encoded, without query. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Who asks; the embedded administrator when absent. */
  readonly user?: string
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Shared with the store and deeply frozen: copy before changing. */
  readonly body: unknown
}

type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'

export interface WatchEvent {
  readonly type: WatchEventType
  readonly object: JsonObject
}

/** Called synchronously, in order. `end` is called once, after the last event, unless the caller itself stopped the watch. */
export interface WatchSink {
  readonly event: (event: WatchEvent) => void
  readonly end: () => void
}

export interface WatchHandle {
  /** What the caller asked for; the host, which owns the clock, stops the watch when it is over. */
  readonly timeoutSeconds: number | undefined
  readonly stop: () => void
  /** The same end, told to the sink: as the server closes a watch whose time is over. */
  readonly close: () => void
}

/** A watch was opened, or refused with a status. */
export const isRefused = (answer: WatchHandle | ApiResponse): answer is ApiResponse => 'status' in answer

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** Who caused a change, and how. */
export interface Cause {
  readonly verb: Verb
  readonly user: string
  readonly subresource: string
}

/** One committed write, as the world sees it: the truth for actors and checkers, whatever watches were open. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly group: string
  readonly plural: string
  readonly kind: string
  readonly object: JsonObject
  readonly previous?: JsonObject
  readonly request: Cause
}
