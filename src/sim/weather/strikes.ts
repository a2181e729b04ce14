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

/** What the plan does to single requests, known by replica, process and number, or by the step that they write; and to single events. */
export class Strikes {
  readonly #byRequest = new Map<string, Set<Strike['fault']>>()
  readonly #asksSteps: boolean
  /** By process and step: the numbers of the requests that wrote it. */
  readonly #written = new Map<string, number[]>()
  /** By process and collection: how much its watches have told. */
  readonly #told = new Map<string, number>()
  readonly #faults: Faults

  constructor(strikes: readonly Strike[], faults: Faults) {
    this.#faults = faults
    this.#asksSteps = strikes.some(({ step }) => step !== undefined)
    for (const { replica, start, step, collection, request, fault } of strikes) {
      const key = `${replica}.${start}.${step ?? collection ?? ''}.${request}`
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

  /** Asked once of each event on a watch of this path: whether it is left out. */
  losesEvent({ replica, start }: Process, path: string): boolean {
    if (this.#byRequest.size === 0) return false
    const key = `${replica.index}.${start}.${path.slice(path.lastIndexOf('/') + 1)}`
    const number = (this.#told.get(key) ?? 0) + 1
    this.#told.set(key, number)
    const isLost = this.#byRequest.get(`${key}.${number}`)?.has('WatchEventLost') === true
    if (isLost) this.#faults.count('WatchEventLost')
    return isLost
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
