import type { Prng } from '../../kernel/prng.ts'
import { seconds } from '../../kernel/time.ts'
import type { Timers } from '../loop.ts'

export interface ServerOutageOptions {
  readonly timers: Timers
  readonly prng: Prng
}

/** Clients try again by themselves, and not all at once. */
const comeBackWithinMs = seconds(1)

/** Whether the API server is there for the world at all, and who waits for it to come back. */
export class ServerOutage {
  /** Of whoever does nothing but through the API server: what comes due while it is away is done when it is back. */
  readonly timers: Timers
  readonly #options: ServerOutageOptions
  readonly #waiting = new Set<() => void>()
  #isAway = false

  constructor(options: ServerOutageOptions) {
    this.#options = options
    const { now, after } = options.timers
    this.timers = {
      now,
      after: (ms, fire) => {
        let isOff = false
        const callOff = after(ms, () => this.#whenThere(() => (isOff ? undefined : fire())))
        return () => {
          isOff = true
          callOff()
        }
      },
    }
  }

  get isAway(): boolean {
    return this.#isAway
  }

  begin(): void {
    this.#isAway = true
  }

  end(): void {
    this.#isAway = false
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    const { timers, prng } = this.#options
    for (const go of waiting) timers.after(prng.int(0, comeBackWithinMs), () => this.#whenThere(go))
  }

  #whenThere(go: () => void): void {
    if (this.#isAway) this.#waiting.add(go)
    else go()
  }
}
