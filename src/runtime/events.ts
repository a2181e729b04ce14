import { eventKind } from '../api/core/kinds.ts'
import { apiVersionOf, type Kind, type KubeObject } from '../api/kind.ts'
import { safeText } from '../kernel/hostile-text.ts'
import { type JsonObject, stableStringify } from '../kernel/json.ts'
import { Prng } from '../kernel/prng.ts'
import { shortHash } from '../kernel/sha256.ts'
import { type Instant, type Mono, minutes, rfc3339Micro, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterWriter } from '../ports/cluster.ts'
import { AlreadyExistsError, isOutage, ThrottledError } from '../ports/errors.ts'
import type { Log } from '../ports/journal.ts'
import { Complaint } from './complaint.ts'
import { WorkQueue } from './work-queue.ts'

export interface EventRecorder {
  /** Never blocks and never fails: an event that cannot be written is lost, and counted. */
  readonly record: (event: NewEvent) => void
}

export interface NewEvent {
  readonly regarding: { readonly kind: Kind; readonly object: KubeObject }
  /** The node concerned, where the event is about something else. */
  readonly related?: { readonly name: string; readonly uid: string } | undefined
  readonly type: 'Normal' | 'Warning'
  /** PascalCase, one situation. */
  readonly reason: string
  /** For people. Cut at 1,024 bytes. */
  readonly note: string
  /** What was done or refused. */
  readonly action: string
}

export interface EventPorts {
  readonly clock: Clock
  readonly cluster: Pick<ClusterWriter, 'create' | 'patch'>
  readonly log: Log
}

export interface EventOptions {
  /** The kind of program that speaks: `prunella.dev/operator`. */
  readonly reportingController: string
  /** Which of its processes. */
  readonly reportingInstance: string
}

/** After so long without a repetition the same words are a new event. */
const seriesIdleMs = minutes(6)
/** How often a series that goes on is written. */
const seriesWriteEveryMs = minutes(1)
const seriesMax = 1_000
const triesMax = 5
/** Ten a second at most, however much there is to say. */
const gapMs = 100
const backoff = { firstMs: seconds(1), longestMs: seconds(30) }

/** Writes events one after another; what is said again and again becomes one event with a count. */
export class Events implements EventRecorder {
  readonly #ports: EventPorts
  readonly #options: EventOptions
  readonly #queue: WorkQueue
  readonly #complaint: Complaint
  /** In the order of their last repetition: the first is the one to forget. */
  readonly #series = new Map<string, Series>()
  #lost = 0

  constructor(ports: EventPorts, options: EventOptions) {
    this.#ports = ports
    this.#options = options
    this.#queue = new WorkQueue({ clock: ports.clock, prng: new Prng(0) })
    this.#complaint = new Complaint(ports.log)
  }

  /** How many events, or repetitions of one, were not written. */
  get lost(): number {
    return this.#lost
  }

  readonly record = (event: NewEvent): void => {
    const key = keyOf(event)
    const [now, seenAt] = [this.#ports.clock.now(), this.#ports.clock.mono()]
    const known = this.#series.get(key)
    const isOver = known === undefined || seenAt - known.lastSeenAt > seriesIdleMs
    const series = isOver
      ? { event, firstAt: now, lastAt: now, lastSeenAt: seenAt, count: 1, written: 0, tries: 0, stored: undefined }
      : known
    if (!isOver) Object.assign(series, { lastAt: now, lastSeenAt: seenAt, count: series.count + 1 })
    this.#series.delete(key)
    this.#series.set(key, series)
    this.#forgetOldest(seenAt)
    this.#queue.addAfter(key, series.written === 0 ? 0 : seriesWriteEveryMs)
  }

  /** Writes until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await this.#queue.take(signal)
      if (key === undefined) return
      await this.#write(key)
      this.#queue.done(key)
      await this.#ports.clock.sleep(gapMs, signal)
    }
  }

  async #write(key: string): Promise<void> {
    const series = this.#series.get(key)
    if (series === undefined || series.written === series.count) return
    const { count } = series
    try {
      series.stored = await this.#store(key, series)
      series.written = count
      series.tries = 0
      this.#queue.forget(key)
      this.#complaint.over('events are written again')
      if (series.count > count) this.#queue.addAfter(key, seriesWriteEveryMs)
    } catch (error) {
      // Its answer was lost, and it stands there all the same.
      if (error instanceof AlreadyExistsError) return this.#forget(key)
      this.#complaint.about('event is not written', error, { reason: series.event.reason })
      series.tries += 1
      if (isOutage(error) && series.tries < triesMax) this.#writeLater(key, error)
      else this.#lose(key, series)
    }
  }

  /** A busy API server says how long it wants to be left alone. */
  #writeLater(key: string, error: unknown): void {
    this.#queue.backOff(key, backoff)
    if (error instanceof ThrottledError) this.#queue.holdFor(key, error.retryAfterMs)
  }

  async #store(key: string, { event, stored, firstAt, lastAt, count }: Series): Promise<Stored> {
    const series = count === 1 ? {} : { series: { count, lastObservedTime: rfc3339Micro(lastAt) } }
    const namespace = event.regarding.object.metadata.namespace || 'default'
    if (stored !== undefined) {
      const patch = { type: 'Merge', resourceVersion: stored.resourceVersion, body: series } as const
      return (await this.#ports.cluster.patch(eventKind, { namespace, name: stored.name }, patch)).metadata
    }
    const name = nameOf(event, `${this.#options.reportingInstance}/${key}/${firstAt}`)
    const body = { ...bodyOf(event), ...series, ...this.#reporter(), eventTime: rfc3339Micro(firstAt) }
    return (await this.#ports.cluster.create(eventKind, { metadata: { namespace, name }, ...body })).metadata
  }

  #reporter(): JsonObject {
    const { reportingController, reportingInstance } = this.#options
    return { reportingController, reportingInstance: reportingInstance.slice(0, 128) }
  }

  #forgetOldest(now: Mono): void {
    for (const [key, series] of this.#series) {
      const isIdle = now - series.lastSeenAt > seriesIdleMs && series.written === series.count
      if (!isIdle && this.#series.size <= seriesMax) return
      this.#lose(key, series)
    }
  }

  #lose(key: string, { count, written }: Series): void {
    this.#forget(key)
    this.#lost += count - written
  }

  /** The queue as well: it keeps keys that have failed. */
  #forget(key: string): void {
    this.#series.delete(key)
    this.#queue.forget(key)
  }
}

interface Series {
  readonly event: NewEvent
  readonly firstAt: Instant
  lastAt: Instant
  lastSeenAt: Mono
  count: number
  /** The count that stands in the cluster. */
  written: number
  tries: number
  stored: Stored | undefined
}

interface Stored {
  readonly name: string
  readonly resourceVersion: string
}

const keyOf = ({ regarding, type, reason, note, action }: NewEvent): string =>
  stableStringify([regarding.object.metadata.uid, type, reason, note, action])

function bodyOf({ regarding: { kind, object }, related, type, reason, note, action }: NewEvent): JsonObject {
  const { name, namespace, uid, resourceVersion } = object.metadata
  const place = namespace === '' ? {} : { namespace }
  return {
    regarding: { apiVersion: apiVersionOf(kind), kind: kind.kind, name, uid, resourceVersion, ...place },
    ...(related === undefined
      ? {}
      : { related: { apiVersion: 'v1', kind: 'Node', name: related.name, uid: related.uid } }),
    type,
    reason,
    action,
    note: noteWithin(note),
  }
}

/** Derived, so that a create whose answer was lost collides with itself. */
const nameOf = ({ regarding }: NewEvent, identity: string): string =>
  `${regarding.object.metadata.name.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${shortHash(identity)}`

const noteBytesMax = 1_024

/** The API server counts bytes, and a character may have three. */
function noteWithin(note: string): string {
  const text = safeText(note, noteBytesMax)
  return new TextEncoder().encode(text).length <= noteBytesMax ? text : safeText(note, Math.floor(noteBytesMax / 3))
}
