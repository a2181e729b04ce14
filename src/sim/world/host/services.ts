import { seconds } from '../../../kernel/time.ts'
import type { Machine } from './machine.ts'

/** How long a program takes to come up at a boot. */
const atBootMs = seconds(5)

/** What the init of a machine runs beside its pods, and when each was started, by the clock of the machine since its boot. */
export class Services {
  readonly #machine: Machine
  readonly #restarts = new Map<string, () => boolean>()
  readonly #startedMs = new Map<string, number>()
  readonly #counts = new Map<string, number>()

  constructor(machine: Machine) {
    this.#machine = machine
    machine.install({
      stateBecame: (state) => {
        if (state === 'Off' || state === 'Booting') this.#startedMs.clear()
      },
    })
  }

  /** `restart` says whether it has come up anew. */
  add(name: string, restart: () => boolean): void {
    this.#restarts.set(name, restart)
  }

  /** How often it has been started beside boots. */
  restartsOf(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  /** Microseconds since the boot; 0: there is none of that name. */
  startedAt(name: string): number {
    return this.#restarts.has(name) ? (this.#startedMs.get(name) ?? atBootMs) * 1_000 : 0
  }

  /** False: there is none of that name. Whether it came up its start tells. */
  restart(name: string): boolean {
    const restart = this.#restarts.get(name)
    if (restart === undefined) return false
    if (restart()) {
      this.#startedMs.set(name, this.#machine.upMs)
      this.#counts.set(name, this.restartsOf(name) + 1)
    }
    return true
  }
}
