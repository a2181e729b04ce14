import type { Strike } from '../plan/plan.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'

/** What the plan does to single requests, known by replica, process and number. */
export class Strikes {
  readonly #byRequest = new Map<string, Set<Strike['fault']>>()
  readonly #faults: Faults

  constructor(strikes: readonly Strike[], faults: Faults) {
    this.#faults = faults
    for (const { replica, start, request, fault } of strikes) {
      const key = `${replica}.${start}.${request}`
      this.#byRequest.set(key, (this.#byRequest.get(key) ?? new Set<Strike['fault']>()).add(fault))
    }
  }

  hit(fault: Strike['fault'], { by, number }: { readonly by: Process; readonly number: number }): boolean {
    if (this.#byRequest.size === 0) return false
    const isHit = this.#byRequest.get(`${by.replica.index}.${by.start}.${number}`)?.has(fault) === true
    if (isHit) this.#faults.count(fault)
    return isHit
  }
}
