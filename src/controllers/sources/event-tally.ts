import type { CoreEvent } from '../../api/core/core-event.ts'
import type { EventHeard } from '../../domain/detect/sources-seen.ts'
import { hours, type Instant, type Mono, mono, parseTime } from '../../kernel/time.ts'

/** The longest window that a signal may have. */
const keptMs = hours(24)
/** No signal counts further. */
const perNodeMax = 1_000

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

  /** Whether there was something new in it. The same Event may be noted from a watch and from a list. */
  note(event: CoreEvent, moment: Moment): boolean {
    const known = this.#known.get(event.metadata.uid)
    const count = event.count - (known?.count ?? 0)
    if (count <= 0) return false
    this.#known.set(event.metadata.uid, { count: event.count, at: moment.mono })
    const times = known === undefined ? firstSight(event, moment) : grown(count, known.at, moment.mono)
    const { reason, component, message, regarding } = event
    const before = this.of(regarding.name).filter(({ atMono }) => moment.mono - atMono < keptMs)
    const heard: EventHeard = { reason, component, message, regardingUID: regarding.uid, count, ...times }
    this.#heard.set(regarding.name, [...before, heard].slice(-perNodeMax))
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
    this.#heard.delete(nodeName)
  }
}

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
