import type { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { TimeoutError } from '../../ports/errors.ts'
import type { WatchEvent, WatchHandle } from '../api-server/api-request.ts'
import type { Loop } from '../loop.ts'
import { keyOf } from '../world/fields.ts'
import type { Faults } from './faults.ts'
import type { Outages } from './outages.ts'
import type { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'
import type { Strikes } from './strikes.ts'

export interface StreamOptions {
  readonly loop: Loop
  readonly faults: Faults
  readonly outages: Outages
  readonly strikes: Strikes
  readonly prng: Prng
  readonly process: Process
  readonly path: string
  readonly tell: (event: ProcessEvent) => void
}

const ordinaryLagMaxMs = 30
const worstLagMs = seconds(15)
const coalescesMaxMs = seconds(40)
const troubleWithinMs = minutes(4)

/** One watch on its way to one process: in order, late, and ended, silenced or thinned out by the weather. */
export class SimStream {
  readonly #options: StreamOptions
  /** Sent and not yet there: on one connection none overtakes another. */
  readonly #onTheWay: WatchEvent[] = []
  readonly #arrived: WatchEvent[] = []
  readonly #lagMs: number
  #withheld: WatchEvent[] | undefined
  #stop: () => void = () => {}
  #forget: () => void = () => {}
  #state: 'Open' | 'Silent' | 'Ended' | 'Broken' = 'Open'
  /** Ended by the other side while nothing got through. */
  #unheardEnd: 'Ended' | 'Broken' | undefined
  #wake: () => void = () => {}
  #lastDue = 0

  constructor(options: StreamOptions) {
    this.#options = options
    const { faults, prng, process } = options
    this.#lagMs = faults.happens('WatchDelayed', process)
      ? prng.int(seconds(1), worstLagMs)
      : prng.int(1, ordinaryLagMaxMs)
  }

  readonly push = (event: WatchEvent): void => {
    const { loop } = this.#options
    if (event.type !== 'BOOKMARK' && this.#isLost()) return
    // What was sent first arrives first, however the lag is drawn.
    const due = Math.max(this.#lastDue, loop.now() + this.#lagMs)
    this.#lastDue = due
    this.#onTheWay.push(event)
    loop.after(due - loop.now(), () => {
      const next = this.#onTheWay.shift()
      if (this.#state !== 'Open' || next === undefined) return
      if (this.#withheld === undefined) this.#arrive([next])
      else this.#withheld.push(next)
    })
  }

  readonly end = (): void => this.#endFromAfar('Ended')

  /** The connection breaks. */
  readonly break = (): void => this.#endFromAfar('Broken')

  open(handle: WatchHandle, signal: AbortSignal): void {
    const { loop, outages, process } = this.#options
    this.#stop = handle.stop
    this.#tell('WatchOpened')
    if (handle.timeoutSeconds !== undefined) loop.after(seconds(handle.timeoutSeconds), this.end)
    this.#brewTrouble()
    this.#forget = outages.onChange(() => this.#feel())
    const abort = (): void => this.#close('Ended')
    process.onDeath(abort)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    this.#feel()
  }

  async *events(): AsyncGenerator {
    try {
      for (;;) {
        while (this.#arrived.length > 0) {
          this.#tell('WatchHeard')
          yield this.#arrived.shift()
        }
        if (this.#state === 'Ended') return
        if (this.#state === 'Broken') throw new TimeoutError(`watch ${this.#options.path}: connection reset`)
        await new Promise<void>((resolve) => {
          this.#wake = () => this.#options.process.resume(resolve)
        })
      }
    } finally {
      this.#close('Ended')
    }
  }

  #isLost(): boolean {
    const { faults, strikes, process, path } = this.#options
    const isStruck = strikes.losesEvent(process, path)
    return faults.happens('WatchEventLost', process) || isStruck
  }

  #brewTrouble(): void {
    const { loop, faults, prng, process } = this.#options
    const within = (): number => prng.int(1, troubleWithinMs)
    if (faults.happens('WatchDropped', process))
      loop.after(within(), () => this.#endFromAfar(prng.chance(500) ? 'Ended' : 'Broken'))
    if (faults.happens('WatchSilent', process)) loop.after(within(), () => this.#fallSilent())
    if (faults.happens('WatchExpired', process)) loop.after(within(), () => this.#expire())
    if (faults.happens('WatchCoalesced', process)) loop.after(within(), () => this.#coalesce())
  }

  #arrive(events: readonly WatchEvent[]): void {
    this.#arrived.push(...events)
    this.#wakeReader()
  }

  /** Nothing gets through, or something does again: then what was sent in the meantime comes at once. */
  #feel(): void {
    const { outages, process, path } = this.#options
    if (outages.isServerDown) this.#close('Broken')
    else if (outages.blocks(process, path)) this.#withheld ??= []
    else this.#release((events) => events)
  }

  #coalesce(): void {
    if (this.#withheld !== undefined) return
    this.#withheld = []
    const { loop, prng } = this.#options
    loop.after(prng.int(seconds(1), coalescesMaxMs), () => this.#release(lastOfEach))
  }

  #release(thinned: (events: readonly WatchEvent[]) => readonly WatchEvent[]): void {
    const withheld = this.#withheld
    if (withheld === undefined || this.#isBlocked()) return
    this.#withheld = undefined
    if (this.#state === 'Open' && withheld.length > 0) this.#arrive(thinned(withheld))
    if (this.#unheardEnd !== undefined) this.#close(this.#unheardEnd)
  }

  #isBlocked(): boolean {
    const { outages, process, path } = this.#options
    return outages.blocks(process, path)
  }

  #expire(): void {
    if (this.#state !== 'Open' || this.#isBlocked()) return
    this.#arrive([expired])
    this.#close('Ended')
  }

  #fallSilent(): void {
    if (this.#state !== 'Open') return
    this.#state = 'Silent'
    this.#stop()
    this.#tell('WatchFellSilent')
  }

  #endFromAfar(state: 'Ended' | 'Broken'): void {
    if (this.#isBlocked()) this.#unheardEnd = state
    else this.#close(state)
  }

  #close(state: 'Ended' | 'Broken'): void {
    if (this.#state === 'Ended' || this.#state === 'Broken') return
    this.#state = state
    this.#forget()
    this.#stop()
    this.#tell('WatchEnded')
    this.#wakeReader()
  }

  #tell(kind: 'WatchOpened' | 'WatchHeard' | 'WatchFellSilent' | 'WatchEnded'): void {
    const { tell, process, path } = this.#options
    tell({ kind, by: process, path })
  }

  #wakeReader(): void {
    const wake = this.#wake
    this.#wake = () => {}
    wake()
  }
}

const expired: WatchEvent = {
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'Expired',
    message: 'too old resource version',
    code: 410,
  },
}

/** As a client sees it that was away: of every object the last state, of what came and went nothing. */
function lastOfEach(events: readonly WatchEvent[]): readonly WatchEvent[] {
  const last = new Map<string, WatchEvent>()
  const born = new Set<string>()
  for (const event of events) {
    const key = event.type === 'BOOKMARK' ? 'BOOKMARK' : keyOf(event.object)
    if (event.type === 'ADDED' && !last.has(key)) born.add(key)
    last.delete(key)
    last.set(key, event)
  }
  return [...last].filter(([key, { type }]) => type !== 'DELETED' || !born.has(key)).map(([, event]) => event)
}
