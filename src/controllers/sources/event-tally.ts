import type { CoreEvent } from '../../api/core/core-event.ts'
import type { EventHeard } from '../../domain/detect/sources-seen.ts'
import { hours, type Instant, type Mono, mono, parseTime } from '../../kernel/time.ts'

/** The longest window that a signal may have. */
const keptMs = hours(24)
/** No signal counts further. */
const perNodeMax = 1_000
/** Of the whole fleet: ten a day of each of 5,000 nodes take half of it. */
const fleetBytesMax = 32 * 1_024 * 1_024
/** What one takes beside its text. */
const bareBytes = 200
/** So that the whole is not walked over with every further one. */
const droppedAtOnce = 1 / 8

interface Moment {
  readonly now: Instant
  readonly mono: Mono
}

/**
 * Events about nodes, as they came on our own clock. Of an Event that grows under our eyes we know when; of one that was there
 * before, the API server says when it was made, and whoever reported it over how long a stretch.
 */
export class EventTally {
  readonly #known = new Map<string, { readonly count: number; readonly at: Mono }>()
  readonly #heard = new Map<string, readonly EventHeard[]>()
  readonly #bytesMax: number
  #bytes = 0
  #missingUntil: Mono | undefined

  constructor({ bytesMax = fleetBytesMax }: { readonly bytesMax?: number } = {}) {
    this.#bytesMax = bytesMax
  }

  /** Up to then some are missing, for there were too many to keep. Undefined: none that a signal could count. */
  missingUntil(now: Mono): Mono | undefined {
    return this.#missingUntil !== undefined && now - this.#missingUntil < keptMs ? this.#missingUntil : undefined
  }

  /** Whether there was something new in it. The same Event may be noted from a watch and from a list. */
  note(event: CoreEvent, moment: Moment): boolean {
    const known = this.#known.get(event.metadata.uid)
    const count = event.count - (known?.count ?? 0)
    if (count <= 0) return false
    this.#known.set(event.metadata.uid, { count: event.count, at: moment.mono })
    const times = known === undefined ? firstSight(event, moment) : grown(count, known.at, moment.mono)
    const { reason, component, message, regarding } = event
    const heard: EventHeard = { reason, component, message, regardingUID: regarding.uid, count, ...times }
    const all = [...this.of(regarding.name), heard]
    const reached = all.filter((event) => event === heard || moment.mono - event.atMono < keptMs)
    this.#bytes += bytesOf(heard)
    this.#keep(regarding.name, { of: all, kept: reached.slice(-perNodeMax) })
    if (this.#bytes > this.#bytesMax) this.#makeRoom(moment.mono)
    return true
  }

  of(nodeName: string): readonly EventHeard[] {
    return this.#heard.get(nodeName) ?? none
  }

  /** The Event has expired; what it said counts as long as the window says. */
  expired({ metadata }: CoreEvent): void {
    this.#known.delete(metadata.uid)
  }

  forgetNode(nodeName: string): void {
    this.#keep(nodeName, { of: this.of(nodeName), kept: none })
  }

  #keep(
    nodeName: string,
    { of, kept }: { readonly of: readonly EventHeard[]; readonly kept: readonly EventHeard[] },
  ): void {
    if (kept.length < of.length) {
      const isKept = new Set(kept)
      for (const event of of) if (!isKept.has(event)) this.#bytes -= bytesOf(event)
    }
    if (kept.length === 0) this.#heard.delete(nodeName)
    else this.#heard.set(nodeName, kept)
  }

  /** The oldest go first, whosever they are: first those that no window reaches any more. */
  #makeRoom(now: Mono): void {
    this.#dropUntil(mono(now - keptMs))
    while (this.#bytes > this.#bytesMax) {
      const times = Float64Array.from([...this.#heard.values()].flat(), ({ atMono }) => atMono).toSorted()
      const until = mono(times[Math.floor(times.length * droppedAtOnce)] ?? now)
      this.#dropUntil(until)
      // One that is old may have come late.
      this.#missingUntil = mono(Math.max(until, this.#missingUntil ?? until))
    }
  }

  #dropUntil(until: Mono): void {
    for (const [nodeName, heard] of this.#heard) {
      const kept = heard.filter(({ atMono }) => atMono > until)
      if (kept.length < heard.length) this.#keep(nodeName, { of: heard, kept })
    }
  }
}

const bytesOf = ({ reason, component, message, regardingUID }: EventHeard): number =>
  bareBytes + reason.length + component.length + bytesOfText(message) + regardingUID.length

/** One letter that is not Latin makes its whole text twice as wide. */
const bytesOfText = (text: string): number => (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length

const none: readonly EventHeard[] = []

const grown = (count: number, since: Mono, at: Mono) => ({ atMono: at, overMs: count === 1 ? 0 : at - since })

/** Never before the Event was made, nor after now: the clock of who reported it may be anything. */
function firstSight({ metadata, count, firstTime, lastTime }: CoreEvent, { now, mono: at }: Moment) {
  const made = Math.min(parseTime(metadata.creationTimestamp) ?? now, now)
  const last = parseTime(lastTime) ?? made
  const agoMs = now - Math.min(Math.max(last, made), now)
  const first = parseTime(firstTime) ?? made
  return { atMono: mono(at - agoMs), overMs: count === 1 ? 0 : Math.max(0, last - first) }
}
