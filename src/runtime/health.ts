import { type Mono, mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/journal.ts'

interface ProcessHealth {
  /** How long time has passed evenly: infinite if it always has. What was measured before is not to be acted upon. */
  readonly undisturbedForMs: () => number
}

export interface HealthNumbers {
  readonly stalls: number
  readonly jumps: number
  readonly longestStallMs: number
}

const tickMs = seconds(1)
/** Far more than a garbage collection, far less than a lease. */
const stallMaxMs = seconds(2)
const jumpMaxMs = seconds(2)

/** Notices that this process stood still, or that somebody set the clock on the wall. */
export class HealthMonitor implements ProcessHealth {
  readonly #clock: Clock
  readonly #log: Log
  #disturbedAt: Mono = mono(Number.NEGATIVE_INFINITY)
  #stalls = 0
  #jumps = 0
  #longestStallMs = 0

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  readonly undisturbedForMs = (): number => this.#clock.mono() - this.#disturbedAt

  numbers(): HealthNumbers {
    return { stalls: this.#stalls, jumps: this.#jumps, longestStallMs: this.#longestStallMs }
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [wallBefore, before] = [this.#clock.now(), this.#clock.mono()]
      await this.#clock.sleep(tickMs, signal)
      const passedMs = this.#clock.mono() - before
      this.#noteStall(passedMs - tickMs)
      this.#noteJump(this.#clock.now() - wallBefore - passedMs)
    }
  }

  #noteStall(ms: number): void {
    this.#longestStallMs = Math.max(this.#longestStallMs, ms)
    if (ms <= stallMaxMs) return
    this.#stalls += 1
    this.#disturbedAt = this.#clock.mono()
    this.#log.warn('the process stood still', { ms: Math.round(ms) })
  }

  #noteJump(ms: number): void {
    if (Math.abs(ms) <= jumpMaxMs) return
    this.#jumps += 1
    this.#disturbedAt = this.#clock.mono()
    this.#log.warn('the clock was set', { ms: Math.round(ms) })
  }
}
