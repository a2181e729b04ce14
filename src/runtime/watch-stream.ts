import type { UnreadMember } from '../api/kind.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import { TimeoutError } from '../ports/errors.ts'
import type { Transport, TransportRequest } from '../ports/transport.ts'
import { errorOf } from './status-error.ts'
import { type WatchEvent, watchEventOf } from './watch-event.ts'

/** Nothing was heard for too long: the connection may be half open, and wait for ever. */
export class SilentStreamError extends TimeoutError {}

export interface WatchStreamPorts {
  readonly clock: Clock
  readonly transport: Transport
}

const openTimeoutMs = seconds(30)

/** One watch under a watchdog. Any event is a sign of life, bookmarks too. */
export class WatchStream {
  readonly openedAt: Mono
  readonly #clock: Clock
  readonly #abort: AbortController
  readonly #events: AsyncIterator<unknown>
  #lastEventAt: Mono
  #silenceMaxMs: number
  #isSilent = false

  private constructor(clock: Clock, events: AsyncIterable<unknown>, { abort, silenceMaxMs }: Watchdog) {
    this.#clock = clock
    this.#events = events[Symbol.asyncIterator]()
    this.#abort = abort
    this.#silenceMaxMs = silenceMaxMs
    this.openedAt = clock.mono()
    this.#lastEventAt = this.openedAt
    void this.#guard()
  }

  static async open(ports: WatchStreamPorts, watch: Watch, signal: AbortSignal): Promise<WatchStream> {
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    signal.addEventListener('abort', stop, { once: true })
    // Not by the option `signal` of the listener: Node keeps what that refers to for ever where neither of the two is aborted.
    abort.signal.addEventListener('abort', () => signal.removeEventListener('abort', stop), { once: true })
    if (signal.aborted) stop()
    const request: TransportRequest = {
      method: 'GET',
      path: watch.path,
      query: watch.query,
      unread: watch.unread,
      timeoutMs: openTimeoutMs,
      lane: 'Request',
    }
    try {
      const stream = await ports.transport.stream(request, abort.signal)
      if (stream.status !== 200) throw errorOf(stream, `watching ${watch.path}`)
      return new WatchStream(ports.clock, stream.events, { abort, silenceMaxMs: watch.silenceMaxMs })
    } catch (error) {
      stop()
      throw error
    }
  }

  /** Undefined: the stream has ended. Throws SilentStreamError, what the transport throws, and what `watchEventOf` throws. */
  async next(): Promise<WatchEvent | undefined> {
    const result = await this.#nextResult()
    if (this.#isSilent) throw new SilentStreamError(`the watch was silent for ${this.#silenceMaxMs / 1_000} s`)
    if (result.done === true) {
      this.close()
      return undefined
    }
    this.#lastEventAt = this.#clock.mono()
    return watchEventOf(result.value)
  }

  /** From now on the stream may be silent for so long. */
  allowSilence(silenceMaxMs: number): void {
    this.#silenceMaxMs = silenceMaxMs
  }

  close(): void {
    this.#abort.abort()
  }

  /** A stream that was told to end may end with an error all the same. */
  async #nextResult(): Promise<IteratorResult<unknown>> {
    try {
      return await this.#events.next()
    } catch (error) {
      if (this.#abort.signal.aborted) return { done: true, value: undefined }
      throw error
    }
  }

  async #guard(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      const leftMs = this.#lastEventAt + this.#silenceMaxMs - this.#clock.mono()
      if (leftMs <= 0) {
        this.#isSilent = true
        this.close()
      } else await this.#clock.sleep(leftMs, signal)
    }
  }
}

export interface Watch {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly unread: readonly UnreadMember[]
  readonly silenceMaxMs: number
}

interface Watchdog {
  readonly abort: AbortController
  readonly silenceMaxMs: number
}
