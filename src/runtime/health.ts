import { type Instant, type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/journal.ts'
import { clockJumpMinMs } from './cluster-clock.ts'

/** Something after which nothing that was measured before is to be acted upon. */
export interface Disturbed {
  /** Stall: this process stood still. ClockJump: a clock was set. Outage: nobody heard from the API server. */
  readonly kind: 'Stall' | 'ClockJump' | 'Outage'
  /** How long it lasted, or by how much the clock moved. */
  readonly ms: number
  /** When it was noticed. */
  readonly at: Mono
  readonly time: Instant
}

export interface HealthNumbers {
  readonly stalls: number
  readonly jumps: number
  readonly outages: number
  readonly longestStallMs: number
}

export interface HealthPorts {
  /** Of this machine: its wall against its monotonic clock. */
  readonly local: Clock
  /** For the time that people read. */
  readonly cluster: Pick<Clock, 'now'>
  readonly log: Log
}

const tickMs = seconds(1)
/** Far more than a garbage collection, far less than a lease. */
const stallMaxMs = seconds(2)
/** As long as a lease: a leader who heard nothing for so long leads no more. The lease alone is asked about every few seconds. */
const silenceMaxMs = seconds(15)
/** What came in meanwhile has been read by then: evidence is fresh again. */
const settleMs = seconds(10)

/** Notices that this process stood still, that a clock was set, or that the API server could not be reached. */
export class HealthMonitor {
  readonly #ports: HealthPorts
  #last: Disturbed | undefined
  #answeredAt: Mono | undefined
  #stalls = 0
  #jumps = 0
  #outages = 0
  #longestStallMs = 0
  readonly #handlers = new Set<() => void>()

  constructor(ports: HealthPorts) {
    this.#ports = ports
  }

  /** However long ago; undefined: there was none. */
  readonly last = (): Disturbed | undefined => this.#last

  /** What keeps this process from acting right now; undefined: nothing does. */
  readonly unsettled = (): Disturbed | undefined => {
    const now = this.#ports.local.mono()
    const silentMs = this.#answeredAt === undefined ? 0 : now - this.#answeredAt
    if (silentMs > silenceMaxMs) return this.#disturbance('Outage', silentMs)
    return this.#last !== undefined && now - this.#last.at < settleMs ? this.#last : undefined
  }

  readonly onDisturbed = (handler: () => void): void => {
    this.#handlers.add(handler)
  }

  numbers(): HealthNumbers {
    return {
      stalls: this.#stalls,
      jumps: this.#jumps,
      outages: this.#outages,
      longestStallMs: this.#longestStallMs,
    }
  }

  /** The API server has answered. */
  readonly answered = (): void => {
    const now = this.#ports.local.mono()
    const silentMs = this.#answeredAt === undefined ? 0 : now - this.#answeredAt
    this.#answeredAt = now
    if (silentMs <= silenceMaxMs) return
    this.#outages += 1
    this.#note('Outage', silentMs, 'the API server could not be reached')
  }

  /** The cluster's clock has moved against ours. */
  readonly clockMoved = (byMs: number): void => {
    this.#jumps += 1
    this.#note('ClockJump', byMs, "the cluster's clock was set, or ours stood still")
  }

  async run(signal: AbortSignal): Promise<void> {
    const { local } = this.#ports
    while (!signal.aborted) {
      const [wallBefore, before] = [local.now(), local.mono()]
      await local.sleep(tickMs, signal)
      const passedMs = local.mono() - before
      this.#noteStall(passedMs - tickMs)
      this.#noteJump(local.now() - wallBefore - passedMs)
    }
  }

  #noteStall(ms: number): void {
    this.#longestStallMs = Math.max(this.#longestStallMs, ms)
    if (ms <= stallMaxMs) return
    this.#stalls += 1
    this.#note('Stall', ms, 'the process stood still')
  }

  /** Of this machine's own wall: nothing is compared with it, but a machine that was suspended shows it first. */
  #noteJump(ms: number): void {
    if (Math.abs(ms) < clockJumpMinMs) return
    this.#jumps += 1
    this.#note('ClockJump', ms, 'the clock was set')
  }

  /** What goes on is said once, and wakes once: API servers whose clocks differ would do so with every answer. */
  #note(kind: Disturbed['kind'], ms: number, text: string): void {
    const goesOn = this.#last?.kind === kind && this.#ports.local.mono() - this.#last.at < settleMs
    this.#last = this.#disturbance(kind, ms)
    if (goesOn) return
    this.#ports.log.warn(text, { ms: Math.round(ms) })
    for (const handler of this.#handlers) handler()
  }

  #disturbance(kind: Disturbed['kind'], ms: number): Disturbed {
    const { local, cluster } = this.#ports
    return { kind, ms: Math.round(ms), at: local.mono(), time: cluster.now() }
  }
}
