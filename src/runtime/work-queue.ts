import FlatQueue from 'flatqueue'
import { assert } from '../kernel/assert.ts'
import type { Prng } from '../kernel/prng.ts'
import { type Mono, mono, monoLater } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import { type BackoffLimits, backoffMs } from './backoff.ts'

export interface WorkQueueOptions {
  readonly clock: Clock
  readonly prng: Prng
}

export interface WorkQueueNumbers {
  /** Keys that want a look, held and delayed ones included. */
  readonly depth: number
  readonly processing: number
  readonly adds: number
  readonly retries: number
  /** How long the longest look under way has lasted. */
  readonly longestRunningMs: number
}

/**
 * Which keys want a look, and when. No events cross it: what happened is not worth keeping, what is can be read. Adding twice is
 * adding once, a key has one worker at a time, and what is added meanwhile is looked at again afterwards.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #prng: Prng
  readonly #entries = new Map<string, Entry>()
  /** May hold times that are no longer true; an entry is ready only at its own `readyAt`. */
  readonly #heap = new FlatQueue<string>()
  readonly #waiting: Waiter[] = []
  #alarm: Alarm | undefined
  #adds = 0
  #retries = 0

  constructor({ clock, prng }: WorkQueueOptions) {
    this.#clock = clock
    this.#prng = prng
  }

  add(key: string): void {
    this.addAfter(key, 0)
  }

  /** The earlier of two times wins. */
  addAfter(key: string, ms: number): void {
    this.#adds += 1
    const entry = this.#entryOf(key)
    const dueAt = monoLater(this.#clock.mono(), Math.max(0, ms))
    if (entry.dueAt !== undefined && entry.dueAt <= dueAt) return
    entry.dueAt = dueAt
    this.#schedule(key, entry)
  }

  /** Looks at the key again after `ms`, and not before, however many events ask for it. The longer of two holds wins. */
  holdFor(key: string, ms: number): void {
    this.#retries += 1
    const entry = this.#entryOf(key)
    const now = this.#clock.mono()
    entry.heldUntil = mono(Math.max(entry.heldUntil, monoLater(now, ms)))
    entry.dueAt ??= now
    this.#schedule(key, entry)
  }

  /** A hold that grows with every failure until `forget`. Returns how long it is. */
  backOff(key: string, limits: BackoffLimits): number {
    const entry = this.#entryOf(key)
    const ms = backoffMs(limits, entry.failures, this.#prng.fork(`backoff/${key}/${entry.failures}`))
    entry.failures += 1
    this.holdFor(key, ms)
    return ms
  }

  /** The last look went well: the next failure starts from the shortest wait. */
  forget(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.failures = 0
  }

  /** The key that has been ready longest, as soon as there is one; the caller's alone until `done`. Undefined: aborted. */
  async take(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) {
      this.#silence()
      return undefined
    }
    return await new Promise((resolve) => {
      const waiter: Waiter = { resolve, signal, leave: () => this.#leave(waiter) }
      signal.addEventListener('abort', waiter.leave, { once: true })
      this.#waiting.push(waiter)
      this.#serve()
    })
  }

  done(key: string): void {
    const entry = this.#entries.get(key)
    assert(entry?.takenAt !== undefined, `${key} is not being looked at`)
    entry.takenAt = undefined
    if (entry.dueAt !== undefined) this.#schedule(key, entry)
    else if (entry.failures === 0) this.#entries.delete(key)
  }

  numbers(): WorkQueueNumbers {
    const entries = [...this.#entries.values()]
    const takenAt = entries.flatMap((entry) => (entry.takenAt === undefined ? [] : [entry.takenAt]))
    return {
      depth: entries.filter(({ dueAt }) => dueAt !== undefined).length,
      processing: takenAt.length,
      adds: this.#adds,
      retries: this.#retries,
      longestRunningMs: takenAt.length === 0 ? 0 : this.#clock.mono() - Math.min(...takenAt),
    }
  }

  /** Times that are kept, those that are no longer true included. */
  get timesKept(): number {
    return this.#heap.length
  }

  #entryOf(key: string): Entry {
    const existing = this.#entries.get(key)
    if (existing !== undefined) return existing
    const entry: Entry = { dueAt: undefined, heldUntil: never, takenAt: undefined, failures: 0 }
    this.#entries.set(key, entry)
    return entry
  }

  #schedule(key: string, entry: Entry): void {
    const readyAt = readyAtOf(entry)
    if (readyAt === undefined) return
    this.#heap.push(key, readyAt)
    if (this.#heap.length > staleTimesMax + 4 * this.#entries.size) this.#dropStale()
    this.#serve()
  }

  /** Who is looked at often, and each time wants a look in a week, would leave a time behind with every look. */
  #dropStale(): void {
    this.#heap.clear()
    for (const [key, entry] of this.#entries) {
      const readyAt = readyAtOf(entry)
      if (readyAt !== undefined) this.#heap.push(key, readyAt)
    }
  }

  #serve(): void {
    const now = this.#clock.mono()
    while (this.#waiting.length > 0) {
      const readyAt = this.#nextReadyAt()
      if (readyAt === undefined) return
      if (readyAt > now) {
        this.#setAlarm(readyAt, now)
        return
      }
      this.#hand(this.#heap.pop(), now)
    }
  }

  /** Drops what is no longer true from the top of the heap. */
  #nextReadyAt(): Mono | undefined {
    for (;;) {
      const [key, readyAt] = [this.#heap.peek(), this.#heap.peekValue()]
      if (key === undefined || readyAt === undefined) return undefined
      const entry = this.#entries.get(key)
      if (entry !== undefined && readyAtOf(entry) === readyAt) return mono(readyAt)
      this.#heap.pop()
    }
  }

  #hand(key: string | undefined, now: Mono): void {
    const waiter = this.#waiting.shift()
    assert(key !== undefined && waiter !== undefined, 'a key without a worker, or a worker without a key')
    waiter.signal.removeEventListener('abort', waiter.leave)
    const entry = this.#entryOf(key)
    entry.dueAt = undefined
    entry.heldUntil = never
    entry.takenAt = now
    waiter.resolve(key)
  }

  #leave(waiter: Waiter): void {
    const place = this.#waiting.indexOf(waiter)
    if (place >= 0) this.#waiting.splice(place, 1)
    waiter.resolve(undefined)
    this.#silence()
  }

  /** Nobody waits any more: a timer that is left would keep the process alive. */
  #silence(): void {
    if (this.#waiting.length > 0) return
    this.#alarm?.abort.abort()
    this.#alarm = undefined
  }

  #setAlarm(at: Mono, now: Mono): void {
    if (this.#alarm !== undefined && this.#alarm.at <= at) return
    this.#alarm?.abort.abort()
    const alarm = { at, abort: new AbortController() }
    this.#alarm = alarm
    void this.#ring(alarm, at - now)
  }

  async #ring(alarm: Alarm, ms: number): Promise<void> {
    await this.#clock.sleep(ms, alarm.abort.signal)
    if (this.#alarm === alarm) this.#alarm = undefined
    if (!alarm.abort.signal.aborted) this.#serve()
  }
}

interface Entry {
  /** Undefined: no look is wanted. */
  dueAt: Mono | undefined
  heldUntil: Mono
  /** Undefined: nobody is looking at it. */
  takenAt: Mono | undefined
  failures: number
}

interface Waiter {
  readonly resolve: (key: string | undefined) => void
  readonly signal: AbortSignal
  readonly leave: () => void
}

interface Alarm {
  readonly at: Mono
  readonly abort: AbortController
}

/** Far more than a burst leaves behind. */
const staleTimesMax = 1_000

const never = mono(Number.NEGATIVE_INFINITY)

const readyAtOf = ({ dueAt, heldUntil, takenAt }: Entry): Mono | undefined =>
  dueAt === undefined || takenAt !== undefined ? undefined : mono(Math.max(dueAt, heldUntil))
