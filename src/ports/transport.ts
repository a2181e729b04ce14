import type { UnreadMember } from '../api/kind.ts'
import type { Json } from '../kernel/json.ts'
import type { Mono } from '../kernel/time.ts'

/**
 * The seam to a Kubernetes API server, in parsed JSON values. Bytes, framing, TLS and credentials belong to the adapter;
 * the simulated API server implements the same port, so that everything above it runs for real in the simulator.
 */
export interface Transport {
  /**
   * One request, one answer, whatever its status. Rejects with TimeoutError when the outcome is unknown (no answer within
   * `timeoutMs`, connection lost after sending) and with UnavailableError when nothing was sent.
   */
  readonly request: (request: TransportRequest) => Promise<TransportResponse>
  /** Opens a watch. Resolves once the status is known; `events` ends, or throws like `request`, when the stream does. */
  readonly stream: (request: TransportRequest, signal: AbortSignal) => Promise<TransportStream>
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Begins with a slash, each segment percent-encoded, without query: `/api/v1/nodes/node-1`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Lower-case names. `content-type` chooses the kind of a patch; `accept` asks for a table. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Json
  /**
   * Names of members, at any depth, whose lists and objects nobody will read. An adapter may give null for them: most of a pod's
   * bytes are never looked at, and need not be parsed.
   */
  readonly unread?: readonly UnreadMember[]
  readonly timeoutMs: number
  /**
   * On this process's monotonic clock: a request that has not left by then, for it waited for a connection or the process stood
   * still, is not sent any more (UnavailableError). Looked at right before the first byte is written.
   */
  readonly notAfter?: Mono
  /** Own connections for each: a slow list must not delay the renewal of the lease. */
  readonly lane: 'Request' | 'Lease'
}

export interface TransportResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Undefined: the body was empty or no JSON. */
  readonly body: unknown
}

export interface TransportStream extends TransportResponse {
  /** Parsed watch events (`{type, object}`), one by one. Empty unless the status is 200. */
  readonly events: AsyncIterable<unknown>
}
