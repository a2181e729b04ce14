import type { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { TimeoutError } from '../../ports/errors.ts'
import type { WatchEvent, WatchHandle } from '../api-server/api-request.ts'
import type { Loop } from '../loop.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'

export interface StreamOptions {
  readonly loop: Loop
  readonly faults: Faults
  readonly prng: Prng
  readonly process: Process
  readonly doing: string
}

const ordinaryLagMaxMs = 30
const worstLagMs = seconds(15)
const dropsWithinMs = minutes(4)

/** One watch on its way to one process: in order, late, and ended or silenced by the weather. */
export class SimStream {
  readonly #options: StreamOptions
  readonly #arrived: WatchEvent[] = []
  readonly #lagMs: number
  #stop: () => void = () => {}
  #state: 'Open' | 'Silent' | 'Ended' | 'Broken' = 'Open'
  #wake: () => void = () => {}
  #lastDue = 0

  constructor(options: StreamOptions) {
    this.#options = options
    const { faults, prng } = options
    this.#lagMs = faults.happens('WatchDelayed') ? prng.int(seconds(1), worstLagMs) : prng.int(1, ordinaryLagMaxMs)
  }

  readonly push = (event: WatchEvent): void => {
    const { loop } = this.#options
    // What was sent first arrives first, however the lag is drawn.
    const due = Math.max(this.#lastDue, loop.now() + this.#lagMs)
    this.#lastDue = due
    loop.after(due - loop.now(), () => {
      if (this.#state !== 'Open') return
      this.#arrived.push(event)
      this.#wakeReader()
    })
  }

  readonly end = (): void => this.#close('Ended')

  open(handle: WatchHandle, signal: AbortSignal): void {
    const { loop, faults, prng, process } = this.#options
    this.#stop = handle.stop
    if (handle.timeoutSeconds !== undefined) loop.after(seconds(handle.timeoutSeconds), () => this.#close('Ended'))
    if (faults.happens('WatchDropped'))
      loop.after(prng.int(1, dropsWithinMs), () => this.#close(prng.chance(500) ? 'Ended' : 'Broken'))
    if (faults.happens('WatchSilent')) loop.after(prng.int(1, dropsWithinMs), () => this.#fallSilent())
    const abort = (): void => this.#close('Ended')
    process.onDeath(abort)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  }

  async *events(): AsyncGenerator {
    try {
      for (;;) {
        while (this.#arrived.length > 0) yield this.#arrived.shift()
        if (this.#state === 'Ended') return
        if (this.#state === 'Broken') throw new TimeoutError(`${this.#options.doing}: connection reset`)
        await new Promise<void>((resolve) => {
          this.#wake = () => this.#options.process.resume(resolve)
        })
      }
    } finally {
      this.#close('Ended')
    }
  }

  #fallSilent(): void {
    if (this.#state !== 'Open') return
    this.#state = 'Silent'
    this.#stop()
  }

  #close(state: 'Ended' | 'Broken'): void {
    if (this.#state === 'Ended' || this.#state === 'Broken') return
    this.#state = state
    this.#stop()
    this.#wakeReader()
  }

  #wakeReader(): void {
    const wake = this.#wake
    this.#wake = () => {}
    wake()
  }
}
