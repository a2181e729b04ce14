import { type Instant, later, seconds } from '../../kernel/time.ts'
import { UnexpectedStatusError } from '../api-server/world-client.ts'
import type { Timers } from '../loop.ts'
import type { Nature } from './nature.ts'

const retryMs = seconds(1)

export interface KeyQueueOptions {
  readonly actor: string
  readonly reconcile: (key: string) => void
  /** Instead of the nature's own, where the actor can die. */
  readonly timers?: Timers
}

/** Keys that wait to be looked at. Each waits once, for the earliest of the times that were asked for. */
export class KeyQueue {
  readonly #nature: Nature
  readonly #options: KeyQueueOptions
  readonly #timers: Timers
  readonly #waiting = new Map<string, { readonly due: Instant; readonly callOff: () => void }>()

  constructor(nature: Nature, options: KeyQueueOptions) {
    this.#nature = nature
    this.#options = options
    this.#timers = options.timers ?? nature.clientTimers
  }

  /** Without a time: after the ordinary lag of a controller. */
  add(key: string, afterMs = this.#nature.timings.controllerLagMs): void {
    const due = later(this.#timers.now(), Math.max(0, afterMs))
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined && waiting.due <= due) return
    waiting?.callOff()
    const callOff = this.#timers.after(Math.max(0, afterMs), () => this.#look(key))
    this.#waiting.set(key, { due, callOff })
  }

  #look(key: string): void {
    this.#waiting.delete(key)
    try {
      this.#options.reconcile(key)
    } catch (error) {
      if (!(error instanceof UnexpectedStatusError)) throw error
      this.#nature.tell({ kind: 'ActorRefused', actor: this.#options.actor, key, message: error.message })
      this.add(key, retryMs)
    }
  }
}
