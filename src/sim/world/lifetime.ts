import type { Instant } from '../../kernel/time.ts'
import type { Timers } from '../loop.ts'

/** Timers of something that can die: none of them fires afterwards. */
export class Lifetime implements Timers {
  readonly #timers: Timers
  #hasEnded = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  readonly now = (): Instant => this.#timers.now()

  readonly after = (ms: number, fire: () => void): (() => void) =>
    this.#timers.after(ms, () => {
      if (!this.#hasEnded) fire()
    })

  end(): void {
    this.#hasEnded = true
  }
}
