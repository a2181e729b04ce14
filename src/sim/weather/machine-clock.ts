import { type Instant, instant, type Mono, mono } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import { epoch, type Loop } from '../loop.ts'

/** The two clocks of the machine that a replica runs on: off by a skew that may jump, and both too fast or too slow. */
export class MachineClock implements Clock {
  readonly #loop: Loop
  readonly #driftPpm: number
  #skewMs: number

  constructor(loop: Loop, { skewMs, driftPpm }: { readonly skewMs: number; readonly driftPpm: number }) {
    this.#loop = loop
    this.#skewMs = skewMs
    this.#driftPpm = driftPpm
  }

  readonly now = (): Instant => instant(epoch + this.mono() + this.#skewMs)

  readonly mono = (): Mono => {
    const trueMs = this.#loop.mono()
    return mono(trueMs + Math.floor((trueMs * this.#driftPpm) / 1_000_000))
  }

  /** As long as this machine thinks that it is. */
  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> =>
    await this.#loop.sleep(this.trueMs(ms), signal)

  /** How long it really is until so much has passed on this clock. */
  trueMs(ms: number): number {
    return Math.ceil((Math.max(0, ms) * 1_000_000) / (1_000_000 + this.#driftPpm))
  }

  /** Somebody sets the wall clock. */
  step(byMs: number): void {
    this.#skewMs += byMs
  }
}
