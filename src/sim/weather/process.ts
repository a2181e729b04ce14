import { type Instant, mono } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Loop } from '../loop.ts'
import type { Replica } from './replica.ts'

export interface ProcessOptions {
  readonly loop: Loop
  readonly replica: Replica
  /** Which process of its replica, the first being 1. */
  readonly start: number
}

/**
 * A process as the world sees it: a name, and a door through which everything that it awaits comes back. Killed, nothing comes
 * back any more: what it had in memory is gone, what it had sent is not. Frozen, nothing comes back until it is thawed.
 */
export class Process {
  readonly name: string
  readonly replica: Replica
  readonly start: number
  /** In true time. */
  readonly bornAt: Instant
  readonly clock: Clock
  readonly #loop: Loop
  readonly #deaths: (() => void)[] = []
  readonly #terminated = new AbortController()
  #waiting: (() => void)[] = []
  #requests = 0
  #isAlive = true

  constructor({ loop, replica, start }: ProcessOptions) {
    const { clock } = replica
    this.#loop = loop
    this.name = `operator-${replica.index + 1}.${start}`
    this.replica = replica
    this.start = start
    this.bornAt = loop.now()
    const born = clock.mono()
    this.clock = {
      now: clock.now,
      mono: () => mono(clock.mono() - born),
      sleep: async (ms, signal) =>
        await new Promise<void>((resolve) => {
          void clock.sleep(ms, signal).then(() => this.resume(resolve))
        }),
    }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get isSpared(): boolean {
    return this.replica.isSpared
  }

  /** SIGTERM. */
  get terminated(): AbortSignal {
    return this.#terminated.signal
  }

  readonly resume = (go: () => void): void => {
    if (!this.#isAlive) return
    if (this.replica.frozen.isHeld) this.#waiting.push(go)
    else go()
  }

  /** The number of this request, the first of a process being 1: killed at its k-th request, it is killed at the same point again. */
  countRequest(): number {
    this.#requests += 1
    return this.#requests
  }

  /** Sockets close when a process dies: the other side hears of it. */
  onDeath(close: () => void): void {
    this.#deaths.push(close)
  }

  /** What came in the meantime comes now. */
  thaw(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) this.#loop.after(0, () => this.resume(go))
  }

  terminate(): void {
    this.resume(() => this.#terminated.abort())
  }

  /** It has ended by itself, in good order. */
  end(): void {
    this.kill()
  }

  kill(): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    this.#waiting = []
    for (const close of this.#deaths) close()
    this.#deaths.length = 0
  }
}
