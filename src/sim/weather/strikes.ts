import { textAt } from '../../kernel/json.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import type { Strike } from '../plan/plan.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'

/** A request on its way. */
interface Struck {
  readonly by: Process
  readonly number: number
  readonly request: TransportRequest
}

/** What the plan does to single requests, known by replica, process and number, or by the step that they write. */
export class Strikes {
  readonly #byRequest = new Map<string, Set<Strike['fault']>>()
  readonly #asksSteps: boolean
  /** By process and step: the numbers of the requests that wrote it. */
  readonly #written = new Map<string, number[]>()
  readonly #faults: Faults

  constructor(strikes: readonly Strike[], faults: Faults) {
    this.#faults = faults
    this.#asksSteps = strikes.some(({ step }) => step !== undefined)
    for (const { replica, start, step = '', request, fault } of strikes) {
      const key = `${replica}.${start}.${step}.${request}`
      this.#byRequest.set(key, (this.#byRequest.get(key) ?? new Set<Strike['fault']>()).add(fault))
    }
  }

  hit(fault: Strike['fault'], struck: Struck): boolean {
    if (this.#byRequest.size === 0) return false
    const { replica, start } = struck.by
    const process = `${replica.index}.${start}`
    const keys = [`${process}..${struck.number}`, ...(this.#asksSteps ? this.#stepKeys(process, struck) : [])]
    const isHit = keys.some((key) => this.#byRequest.get(key)?.has(fault) === true)
    if (isHit) this.#faults.count(fault)
    return isHit
  }

  /** A request is asked about more than once, and counts once. */
  #stepKeys(process: string, { number, request: { method, body } }: Struck): readonly string[] {
    const step = method === 'PATCH' ? textAt(body, 'status', 'step', 'name') : undefined
    if (step === undefined) return []
    const key = `${process}.${step}`
    const numbers = this.#written.get(key) ?? []
    if (!numbers.includes(number)) numbers.push(number)
    this.#written.set(key, numbers)
    return [`${key}.${numbers.indexOf(number) + 1}`]
  }
}
