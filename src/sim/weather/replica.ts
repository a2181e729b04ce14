import { seconds } from '../../kernel/time.ts'
import type { Loop } from '../loop.ts'
import type { ReplicaPlan } from '../plan/plan.ts'
import { Hold } from './hold.ts'
import { MachineClock } from './machine-clock.ts'
import { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'

export interface ReplicaOptions {
  readonly loop: Loop
  readonly plan: ReplicaPlan
  /** From 0. */
  readonly index: number
  /** Runs the program in a new process. */
  readonly boot: (process: Process) => void
  readonly tell: (event: ProcessEvent) => void
}

/** How long a kubelet takes to start a container again. */
const restartMs = seconds(10)

/** One place for a process of the operator, with what may ail it. Its processes come and go, its clocks stay. */
export class Replica {
  readonly index: number
  readonly clock: MachineClock
  /** As long as it is held no process runs. */
  readonly down = new Hold((isDown) => (isDown ? this.#kill() : this.start()))
  readonly frozen = new Hold((isFrozen) => this.#freeze(isFrozen))
  readonly cutFromServer: Hold
  readonly cutFromBmcs = new Hold()
  /** Faults pass it by: the core of a calm. */
  isSpared = false
  readonly #options: ReplicaOptions
  #process: Process | undefined
  #starts = 0
  #freezesForMs: number | undefined

  constructor(options: ReplicaOptions, onCut: () => void) {
    this.#options = options
    this.index = options.index
    this.clock = new MachineClock(options.loop, options.plan)
    this.cutFromServer = new Hold(onCut)
  }

  /** Undefined: none runs. */
  get process(): Process | undefined {
    return this.#process?.isAlive === true ? this.#process : undefined
  }

  /** Where its pod believes to run; undefined: nobody told it. */
  get nodeName(): string | undefined {
    return this.#options.plan.nodeName
  }

  start(): void {
    this.#starts += 1
    const process = new Process({ loop: this.#options.loop, replica: this, start: this.#starts })
    this.#process = process
    this.#options.tell({ kind: 'Started', by: process })
    this.#options.boot(process)
  }

  /** Dies of itself, and is started again. */
  crash(): void {
    this.#options.loop.after(restartMs, this.down.take())
  }

  /** The next write is held back for so long, with everything else. */
  freezeBeforeWrite(forMs: number): void {
    this.#freezesForMs = forMs
  }

  freezeIfDue(): void {
    if (this.#freezesForMs === undefined || this.process === undefined) return
    const forMs = this.#freezesForMs
    this.#freezesForMs = undefined
    this.#options.loop.after(forMs, this.frozen.take())
  }

  stepClock(byMs: number): void {
    this.clock.step(byMs)
    if (this.process !== undefined) this.#options.tell({ kind: 'ClockJumped', by: this.process, jumpMs: byMs })
  }

  #freeze(isFrozen: boolean): void {
    const { process } = this
    if (process === undefined) return
    this.#options.tell({ kind: isFrozen ? 'Frozen' : 'Thawed', by: process })
    if (!isFrozen) process.thaw()
  }

  #kill(): void {
    const { process } = this
    if (process === undefined) return
    process.kill()
    this.#options.tell({ kind: 'Killed', by: process })
  }
}
