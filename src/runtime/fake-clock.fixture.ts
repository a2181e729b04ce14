import { type Instant, instant, type Mono, mono } from '../kernel/time.ts'
import type { ClusterTime } from '../ports/clock.ts'

/** More than any test wakes at one moment on purpose. */
const wakesMax = 10_000

/** Virtual time that a test moves by hand. Between two sleepers everything that can go on does. */
export class FakeClock implements ClusterTime {
  readonly #sleepers: Sleeper[] = []
  #mono: Mono
  #wall: Instant
  #setForwardMs = 0

  constructor({ wallMs = Date.parse('2026-11-21T10:00:00Z'), monoMs = 1_000 } = {}) {
    this.#mono = mono(monoMs)
    this.#wall = instant(wallMs)
  }

  readonly now = (): Instant => this.#wall

  readonly nowAtLeast = (): Instant => instant(this.#wall - this.#setForwardMs)

  readonly mono = (): Mono => this.#mono

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted === true) return
    await new Promise<void>((resolve) => {
      const sleeper: Sleeper = { wakesAt: this.#mono + Math.max(0, ms), wake: () => this.#wake(sleeper, resolve) }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  /**
   * Lets time pass, and wakes everybody on the way in the order of their times. Throws where somebody wakes for ever and no time
   * passes.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#mono + ms
    await settled()
    let wakes = 0
    for (;;) {
      const next = this.#sleepers.toSorted((left, right) => left.wakesAt - right.wakesAt)[0]
      if (next === undefined || next.wakesAt > until) break
      wakes = next.wakesAt > this.#mono ? 0 : wakes + 1
      if (wakes > wakesMax)
        throw new Error(`${wakesMax} wakes and no time has passed: somebody waits for 0 ms again and again`)
      this.#pass(Math.max(0, next.wakesAt - this.#mono))
      next.wake()
      await settled()
    }
    this.#pass(Math.max(0, until - this.#mono))
  }

  /** The process stood still: time went by, and nobody was woken on the way. */
  freeze(ms: number): void {
    this.#pass(ms)
  }

  /** Somebody set the clock on the wall. */
  jump(ms: number): void {
    this.#wall = instant(this.#wall + ms)
    this.#setForwardMs = Math.max(0, this.#setForwardMs + ms)
  }

  #pass(ms: number): void {
    this.#mono = mono(this.#mono + ms)
    this.#wall = instant(this.#wall + ms)
  }

  #wake(sleeper: Sleeper, resolve: () => void): void {
    const place = this.#sleepers.indexOf(sleeper)
    if (place >= 0) this.#sleepers.splice(place, 1)
    resolve()
  }
}

/** Everything that needs no time has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve()
}

interface Sleeper {
  readonly wakesAt: number
  readonly wake: () => void
}
