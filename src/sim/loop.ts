import FlatQueue from 'flatqueue'
import { assert } from '../kernel/assert.ts'
import type { Prng } from '../kernel/prng.ts'
import { type Instant, instant, later, type Mono, mono } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'

/** Calls that come later, on one clock: all that actors of the simulated world know of time. */
export interface Timers {
  readonly now: () => Instant
  /** Calls `fire` once, after `ms`. Returns what calls it off. */
  readonly after: (ms: number, fire: () => void) => () => void
}

/** When virtual time begins: 2026-01-01T00:00:00Z. */
export const epoch = instant(1_767_225_600_000)

/** A timer that was called off stays in the queue as undefined: taking it out would cost more than passing it by. */
interface Timer {
  fire: (() => void) | undefined
}

/**
 * Virtual time: fire the earliest timer, let all that it woke run dry, repeat. Nothing else moves the clock. Which of the timers of
 * one instant is first is drawn, as nobody may rely on it; without a `ties` to draw from, the one that was set first.
 */
export class Loop implements Timers {
  readonly #instants = new FlatQueue<Timer[]>()
  readonly #batches = new Map<number, Timer[]>()
  readonly #ties: Prng | undefined
  #now = epoch
  #fired = 0

  constructor(ties?: Prng) {
    this.#ties = ties
  }

  /** As the wall and as a monotonic clock, both without skew. */
  readonly clock: Clock = {
    now: () => this.#now,
    mono: () => this.mono(),
    sleep: (ms, signal) => this.sleep(ms, signal),
  }

  readonly now = (): Instant => this.#now

  readonly mono = (): Mono => mono(this.#now - epoch)

  /** How many timers have fired: the cost of a run, and the same number for the same seed. */
  get fired(): number {
    return this.#fired
  }

  readonly after = (ms: number, fire: () => void): (() => void) => {
    assert(ms >= 0, `a timer cannot be set for ${ms} ms`)
    const timer: Timer = { fire }
    this.#batchAt(later(this.#now, ms)).push(timer)
    return () => {
      timer.fire = undefined
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        callOff()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const callOff = this.after(Math.max(0, ms), wake)
      signal?.addEventListener('abort', wake)
    })
  }

  /** Ends at `until`, or earlier: at the first timer after which `isOver` holds. Rejects with whatever a timer throws. */
  async run(until: Instant, isOver: () => boolean = () => false): Promise<void> {
    await runDry()
    while (!isOver()) {
      const fire = this.#next(until)
      if (fire === undefined) {
        this.#now = instant(Math.max(this.#now, until))
        return
      }
      this.#fired += 1
      fire()
      await runDry()
    }
  }

  runFor(ms: number, isOver?: () => boolean): Promise<void> {
    return this.run(later(this.#now, ms), isOver)
  }

  #batchAt(at: Instant): Timer[] {
    const known = this.#batches.get(at)
    if (known !== undefined) return known
    const batch: Timer[] = []
    this.#batches.set(at, batch)
    this.#instants.push(batch, at)
    return batch
  }

  /** Moves the clock to the next timer that still stands. */
  #next(until: Instant): (() => void) | undefined {
    for (let at = this.#instants.peekValue(); at !== undefined && at <= until; at = this.#instants.peekValue()) {
      const fire = this.#takeOne(this.#instants.peek() ?? [])
      if (fire !== undefined) {
        this.#now = instant(at)
        return fire
      }
      this.#instants.pop()
      this.#batches.delete(at)
    }
    return undefined
  }

  #takeOne(batch: Timer[]): (() => void) | undefined {
    for (let timer = this.#pick(batch); timer !== undefined; timer = this.#pick(batch)) {
      if (timer.fire !== undefined) return timer.fire
    }
    return undefined
  }

  #pick(batch: Timer[]): Timer | undefined {
    if (this.#ties === undefined || batch.length < 2) return batch.shift()
    const index = this.#ties.int(0, batch.length - 1)
    const [picked, last] = [batch[index], batch.pop()]
    // What is left need not be in order.
    if (last !== undefined && index < batch.length) batch[index] = last
    return picked
  }
}

/** One real turn of the event loop: all promises that a timer settled have then been followed to their end. */
const runDry = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** Timers on any clock, the system's for one: what the demo runs on. Once the signal is aborted nothing fires any more. */
export const timersOf = (clock: Clock, signal: AbortSignal): Timers => ({
  now: clock.now,
  after: (ms, fire) => {
    if (signal.aborted) return () => {}
    const over = new AbortController()
    const end = (): void => over.abort()
    signal.addEventListener('abort', end)
    const fireOnce = (): void => {
      signal.removeEventListener('abort', end)
      if (!over.signal.aborted) fire()
    }
    void fireAfter({ ms, fire: fireOnce, clock }, over.signal)
    return end
  },
})

interface Call {
  readonly ms: number
  readonly fire: () => void
  readonly clock: Clock
}

async function fireAfter({ ms, fire, clock }: Call, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal)
  fire()
}
