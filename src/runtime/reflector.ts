import type { Kind, KubeObject } from '../api/kind.ts'
import { BrokenInvariantError, unreachable } from '../kernel/assert.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Prng } from '../kernel/prng.ts'
import { minutes, mono, monoLater, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ListQuery } from '../ports/cluster.ts'
import { ExpiredError, RefusedError, ThrottledError, UnavailableError } from '../ports/errors.ts'
import type { Log } from '../ports/journal.ts'
import type { Transport } from '../ports/transport.ts'
import { backoffMs } from './backoff.ts'
import { Complaint } from './complaint.ts'
import { pagesOf, selectorsOf, unreadIn } from './list-pages.ts'
import { collectionPath } from './resource-path.ts'
import { isOlder, newest } from './resource-version.ts'
import { UnreadableEventError, type WatchEvent } from './watch-event.ts'
import { SilentStreamError, WatchStream } from './watch-stream.ts'

/** Where a reflector puts what it sees. */
interface Sink<Thing> {
  /** A full look begins. `forget`: the server's past was rewound, so what is known counts for nothing. */
  readonly begin: (look: { readonly forget: boolean }) => void
  readonly put: (thing: Thing) => void
  readonly remove: (thing: Thing) => void
  /** The full look is complete: what was not put since it began is gone. */
  readonly end: () => void
}

export interface ReflectorPorts {
  readonly clock: Clock
  readonly prng: Prng
  readonly transport: Transport
  readonly log: Log
}

export interface ReflectorOptions<Thing extends KubeObject> {
  readonly kind: Kind<Thing>
  readonly query: ListQuery
  readonly sink: Sink<Thing>
  /** Watches lose events now and then, so everything is read again after this long. */
  readonly relistEveryMs: number
}

/** Each member holds exactly what is valid in it. */
type State =
  | { readonly name: 'Unlisted' }
  /** The server replays what is there; the end of it is marked by a bookmark. */
  | { readonly name: 'Replaying'; readonly stream: WatchStream }
  | { readonly name: 'Listed' }
  | { readonly name: 'Watching'; readonly stream: WatchStream }

const backoffLimits = { firstMs: 800, longestMs: seconds(30) }
const healthyAfterMs = minutes(2)
/** Bookmarks come about every minute: three missed ones are no coincidence. */
const silenceMaxMs = minutes(3)
/** While the server replays it has something to say all the time; an old one stays silent instead of marking the end. */
const replaySilenceMaxMs = seconds(10)
const shortestWatchMs = seconds(1)
const replayFailuresMax = 2
const openFailuresMax = 5
const rewindsMax = 3

/** Lists and watches one kind for ever: one step per state, and every error leads to a state, never to silence. */
export class Reflector<Thing extends KubeObject> {
  readonly #ports: ReflectorPorts
  readonly #options: ReflectorOptions<Thing>
  readonly #path: string
  readonly #prng: Prng
  readonly #complaint: Complaint
  #replays = true
  #replayFailures = 0
  #resourceVersion = ''
  #rewinds = 0
  #relistAt = mono(0)
  #lastSeenAt = never
  #failures = 0
  #lastFailureAt = never
  #failuresInRow = 0
  #draws = 0

  constructor(ports: ReflectorPorts, options: ReflectorOptions<Thing>) {
    this.#ports = ports
    this.#options = options
    this.#path = collectionPath(options.kind, options.query.namespace)
    this.#prng = ports.prng.fork(`reflector/${this.#path}`)
    this.#complaint = new Complaint(ports.log)
  }

  /** The newest moment that was seen in full; empty before the first. */
  get resourceVersion(): string {
    return this.#resourceVersion
  }

  /** Since the server last said anything: while it is small, what is known is what is. */
  silentForMs(): number {
    return this.#ports.clock.mono() - this.#lastSeenAt
  }

  /** A full look as soon as the server says anything again: somebody knows better than what was watched. */
  relistSoon(): void {
    this.#relistAt = this.#ports.clock.mono()
  }

  /** Resolves when the signal is aborted; rejects only when an invariant is broken. */
  async run(signal: AbortSignal): Promise<void> {
    let state: State = { name: 'Unlisted' }
    while (!signal.aborted) {
      try {
        state = await this.#step(state, signal)
      } catch (error) {
        if ('stream' in state) state.stream.close()
        if (error instanceof BrokenInvariantError) throw error
        state = signal.aborted ? state : await this.#recover(state, error, signal)
      }
    }
    if ('stream' in state) state.stream.close()
  }

  async #step(state: State, signal: AbortSignal): Promise<State> {
    switch (state.name) {
      case 'Unlisted':
        this.#begin()
        return this.#replays
          ? { name: 'Replaying', stream: await this.#open(replayQuery, signal) }
          : await this.#list(signal)
      case 'Replaying':
        return await this.#followReplay(state.stream)
      case 'Listed':
        if (this.#isRelistDue()) return this.#forgetReplayFailures()
        return { name: 'Watching', stream: await this.#open({ resourceVersion: this.#resourceVersion }, signal) }
      case 'Watching':
        return await this.#follow(state.stream)
      default:
        return unreachable(state)
    }
  }

  #begin(): void {
    const forget = this.#rewinds >= rewindsMax
    if (forget) this.#resourceVersion = ''
    this.#options.sink.begin({ forget })
  }

  async #open(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WatchStream> {
    const watch = {
      path: this.#path,
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(this.#draw('timeout').int(timeoutSecondsMin, 2 * timeoutSecondsMin)),
        ...query,
        ...selectorsOf(this.#options.query),
      },
      unread: unreadIn(this.#options.kind),
      silenceMaxMs: query === replayQuery ? replaySilenceMaxMs : silenceMaxMs,
    }
    return await WatchStream.open(this.#ports, watch, signal)
  }

  async #list(signal: AbortSignal): Promise<State> {
    const { transport } = this.#ports
    const { kind, query } = this.#options
    let resourceVersion = ''
    for await (const page of pagesOf(transport, { kind, query, lane: 'Request' })) {
      if (signal.aborted) return { name: 'Unlisted' }
      for (const raw of page.objects) this.#put(raw)
      resourceVersion = page.resourceVersion
    }
    this.#complete(resourceVersion)
    return { name: 'Listed' }
  }

  async #followReplay(stream: WatchStream): Promise<State> {
    for (;;) {
      const event = await stream.next()
      if (event === undefined) throw new UnavailableError('the replay ended before it was complete')
      if (event.type === 'Put') this.#put(event.raw)
      else if (event.type === 'Delete') this.#remove(event.raw)
      else if (event.type === 'Bookmark' && event.endsReplay) {
        this.#complete(event.resourceVersion)
        stream.allowSilence(silenceMaxMs)
        return { name: 'Watching', stream }
      }
    }
  }

  async #follow(stream: WatchStream): Promise<State> {
    for (;;) {
      const event = await stream.next()
      if (event === undefined) {
        const livedMs = this.#ports.clock.mono() - stream.openedAt
        if (livedMs < shortestWatchMs) throw new UnavailableError('the watch ended as soon as it was open')
        return { name: 'Listed' }
      }
      this.#apply(event)
      if (this.#isRelistDue()) {
        stream.close()
        return this.#forgetReplayFailures()
      }
    }
  }

  #apply(event: WatchEvent): void {
    if (event.type === 'Put') this.#put(event.raw)
    else if (event.type === 'Delete') this.#remove(event.raw)
    this.#resourceVersion = newest(this.#resourceVersion, event.resourceVersion)
    this.#noteLife()
  }

  #put(raw: JsonObject): void {
    this.#options.sink.put(this.#options.kind.project(raw))
  }

  #remove(raw: JsonObject): void {
    this.#options.sink.remove(this.#options.kind.project(raw))
  }

  /** A full look shows one moment, and time does not run backwards, unless a backup was restored: that is believed slowly. */
  #complete(resourceVersion: string): void {
    if (isOlder(resourceVersion, this.#resourceVersion)) {
      this.#rewinds += 1
      throw new UnavailableError(
        `the list shows ${resourceVersion}, older than ${this.#resourceVersion}, which was seen before`,
      )
    }
    this.#rewinds = 0
    this.#resourceVersion = resourceVersion
    this.#options.sink.end()
    const { relistEveryMs } = this.#options
    const jitterMs = this.#draw('relist').int(0, Math.floor(relistEveryMs / 10))
    this.#relistAt = monoLater(this.#ports.clock.mono(), relistEveryMs - jitterMs)
    this.#noteLife()
  }

  #noteLife(): void {
    this.#lastSeenAt = this.#ports.clock.mono()
    if (this.#failuresInRow === 0) return
    this.#failuresInRow = 0
    this.#complaint.over('watching again', { resource: this.#path })
  }

  #isRelistDue(): boolean {
    return this.#ports.clock.mono() >= this.#relistAt
  }

  /** A server that was too old for replays may have been upgraded since. */
  #forgetReplayFailures(): State {
    this.#replays = true
    this.#replayFailures = 0
    return { name: 'Unlisted' }
  }

  async #recover(state: State, error: unknown, signal: AbortSignal): Promise<State> {
    if (isBeforeList(state) && this.#replays && isWithoutReplay(error)) {
      this.#replays = false
      return { name: 'Unlisted' }
    }
    const next = this.#stateAfter(state, error)
    if (this.#failuresInRow > 0 || error instanceof RefusedError) {
      this.#complaint.about('watching is interrupted', error, { resource: this.#path })
    }
    this.#failuresInRow += 1
    await this.#ports.clock.sleep(this.#waitAfter(error), signal)
    return next
  }

  #stateAfter(state: State, error: unknown): State {
    if (isBeforeList(state)) {
      // Only a replay that began and broke off speaks against replays; an outage does not.
      if (state.name === 'Replaying') this.#replayFailures += 1
      if (this.#replayFailures >= replayFailuresMax) this.#replays = false
      return { name: 'Unlisted' }
    }
    const isBehind = error instanceof ExpiredError || error instanceof UnreadableEventError
    return isBehind || this.#failuresInRow >= openFailuresMax ? { name: 'Unlisted' } : { name: 'Listed' }
  }

  #waitAfter(error: unknown): number {
    const now = this.#ports.clock.mono()
    if (now - this.#lastFailureAt > healthyAfterMs) this.#failures = 0
    this.#lastFailureAt = now
    const waitMs = backoffMs(backoffLimits, this.#failures, this.#draw('backoff'))
    this.#failures += 1
    return error instanceof ThrottledError ? Math.max(waitMs, error.retryAfterMs) : waitMs
  }

  /** Numbered, so that no two draws are alike. */
  #draw(label: string): Prng {
    this.#draws += 1
    return this.#prng.fork(`${label}/${this.#draws}`)
  }
}

const never = mono(Number.NEGATIVE_INFINITY)
const timeoutSecondsMin = 300

const replayQuery = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }

const isBeforeList = ({ name }: State): boolean => name === 'Unlisted' || name === 'Replaying'

/** How a server answers that knows no `sendInitialEvents`, or has it switched off; an even older one never ends the replay. */
const isWithoutReplay = (error: unknown): boolean =>
  error instanceof SilentStreamError ||
  (error instanceof RefusedError && (error.status === 400 || error.status === 422))
