import { textAt } from '../kernel/json.ts'
import { hours, type Instant, instant, type Mono, parseTime, seconds } from '../kernel/time.ts'
import type { Clock, ClusterTime } from '../ports/clock.ts'
import type { TransportResponse } from '../ports/transport.ts'

/** One answer of the API server: its own time, and when on our monotonic clock we asked and were answered. */
export interface TimeSample {
  readonly askedAt: Mono
  readonly answeredAt: Mono
  /** As the server wrote it: whole seconds, cut. */
  readonly serverTime: Instant
}

/** How far the cluster's clock moved against ours, more than two clocks drift apart. */
export type ClockMoved = (byMs: number) => void

/** The header has whole seconds: this much of every sample is not known. */
const granularityMs = 1_000
/** Far more than clocks that are disciplined differ, far less than anything that we wait for. */
export const clockJumpMinMs = seconds(2)
/** A step of the clock is remembered for a day: rates, cool-downs and breakers look back no further, as a rule. */
const stepsKeptMs = hours(24)
/** The first answers come within milliseconds of the start. */
const knownLookMs = 20

/**
 * The one clock that all replicas share: the API server's. Each answer bounds how far it is from our monotonic clock; between
 * answers ours carries it on. What the clock on our own wall says counts for nothing, so that a replica whose wall is wrong by an
 * hour decides like every other.
 */
export class ClusterClock implements ClusterTime {
  readonly #local: Clock
  readonly #onMoved: ClockMoved
  /** Cluster time minus monotonic time; undefined before the first answer. */
  #offsetMs: number | undefined
  /** Offsets that were in force before a step forward, until they are forgotten. */
  #steps: readonly { readonly at: Mono; readonly offsetMs: number }[] = []

  constructor(local: Clock, onMoved: ClockMoved = () => {}) {
    this.#local = local
    this.#onMoved = onMoved
  }

  readonly mono = (): Mono => this.#local.mono()

  readonly sleep: Clock['sleep'] = async (ms, signal) => await this.#local.sleep(ms, signal)

  /** Before the first answer the wall of this machine, for people who read logs: nothing is decided by then. */
  readonly now = (): Instant =>
    this.#offsetMs === undefined ? this.#local.now() : instant(this.#local.mono() + this.#offsetMs)

  readonly nowAtLeast = (): Instant => {
    if (this.#offsetMs === undefined) return this.#local.now()
    const at = this.#local.mono()
    const before = this.#steps.filter((step) => at - step.at < stepsKeptMs).map(({ offsetMs }) => offsetMs)
    return instant(at + Math.min(this.#offsetMs, ...before))
  }

  /** False: no answer has said the time yet, and nothing may be decided. */
  get isKnown(): boolean {
    return this.#offsetMs !== undefined
  }

  /** Resolves with the first answer that says the time, or when the signal is aborted. */
  readonly whenKnown = async (signal: AbortSignal): Promise<void> => {
    while (!this.isKnown && !signal.aborted) await this.#local.sleep(knownLookMs, signal)
  }

  note({ askedAt, answeredAt, serverTime }: TimeSample): void {
    // The server wrote its time at some moment between question and answer.
    const least = serverTime - answeredAt
    const most = serverTime + granularityMs - askedAt
    const known = this.#offsetMs
    if (known === undefined) {
      this.#offsetMs = (least + most) / 2
      return
    }
    const next = Math.min(Math.max(known, least), most)
    this.#offsetMs = next
    if (Math.abs(next - known) < clockJumpMinMs) return
    const at = this.#local.mono()
    // A smaller offset that is remembered for longer makes the larger one before it needless: the list stays short.
    this.#steps = [...this.#steps.filter((step) => step.offsetMs < known), { at, offsetMs: known }]
    this.#onMoved(next - known)
  }
}

/** Undefined: the answer says no time, or is not the API server's own word: whoever answers in between has another clock. */
export function serverTimeOf({ status, headers, body }: TransportResponse): Instant | undefined {
  const isOwnWord = (status >= 200 && status < 300) || (status < 500 && textAt(body, 'kind') === 'Status')
  return isOwnWord ? parseTime(headers['date']) : undefined
}
