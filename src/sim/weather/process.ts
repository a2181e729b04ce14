import type { Instant } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Loop } from '../loop.ts'

/**
 * A process as the world sees it: a name, and a door through which everything that it awaits comes back. Killed, nothing comes
 * back any more: what it had in memory is gone, what it had sent is not.
 */
export class Process {
  readonly name: string
  readonly bornAt: Instant
  readonly #loop: Loop
  readonly #deaths: (() => void)[] = []
  #isAlive = true

  constructor(loop: Loop, name: string) {
    this.#loop = loop
    this.name = name
    this.bornAt = loop.now()
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  readonly resume = (go: () => void): void => {
    if (this.#isAlive) go()
  }

  /** Sockets close when a process dies: the other side hears of it. */
  onDeath(close: () => void): void {
    this.#deaths.push(close)
  }

  kill(): void {
    this.#isAlive = false
    for (const close of this.#deaths) close()
    this.#deaths.length = 0
  }

  /** The clock of this process: a sleep that ends after its death ends nowhere. */
  get clock(): Clock {
    const born = this.#loop.mono()
    return {
      now: this.#loop.now,
      mono: () => (this.#loop.mono() - born) as ReturnType<Clock['mono']>,
      sleep: async (ms, signal) =>
        await new Promise<void>((resolve) => {
          void this.#loop.sleep(ms, signal).then(() => this.resume(resolve))
        }),
    }
  }
}
