import type { PowerSeen } from '../domain/surroundings/provider-ready.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import type { Power } from '../ports/power.ts'
import { readPower } from './node-power.ts'

/** A BMC is a slow machine with few sessions. Before anything is switched, it is read anew. */
const askAgainAfterMs = seconds(30)
/**
 * Long enough for whoever looks every ten seconds to have the next one first: an answer that came and went would be two writes
 * each time.
 */
const answerHoldsForMs = seconds(45)
/** More wait for the next look. */
const askedAtOnceMax = 8

interface ProviderPorts {
  readonly clock: Pick<Clock, 'mono'>
  readonly reader: ClusterReader
  readonly power: Pick<Power, 'read'>
  readonly namespace: string
}

/** What the BMCs of sick nodes said of late. Only who leads asks, and nobody waits for an answer: it wakes. */
export class Providers {
  readonly #ports: ProviderPorts
  readonly #answers = new Map<string, { readonly at: Mono; readonly power: PowerSeen }>()
  readonly #asking = new Set<string>()
  readonly #handlers = new Set<(nodeName: string) => void>()

  constructor(ports: ProviderPorts) {
    this.#ports = ports
  }

  /** The last answer, unless it is too old to begin a run with. */
  readonly power = (nodeName: string): PowerSeen => {
    const answer = this.#answers.get(nodeName)
    return answer !== undefined && this.#isFresh(answer.at) ? answer.power : { kind: 'NotAsked' }
  }

  /** Whether any BMC has answered of late, were it only to refuse. */
  readonly hearsAny = (): boolean =>
    [...this.#answers.values()].some(
      ({ at, power: { kind } }) => this.#isFresh(at) && (kind === 'Known' || kind === 'Refused'),
    )

  /** Sees to it that there is an answer soon. */
  readonly ask = (nodeName: string): void => {
    const known = this.#answers.get(nodeName)
    if (known !== undefined && this.#ageMs(known.at) < askAgainAfterMs) return
    if (this.#asking.has(nodeName) || this.#asking.size >= askedAtOnceMax) return
    this.#forgetOld()
    this.#asking.add(nodeName)
    void this.#ask(nodeName)
  }

  onAnswer(handler: (nodeName: string) => void): void {
    this.#handlers.add(handler)
  }

  async #ask(nodeName: string): Promise<void> {
    const { clock, reader, power, namespace } = this.#ports
    const seen = await readPower({ reader, namespace }, power, nodeName).catch(
      (): PowerSeen => ({ kind: 'Unavailable', message: `the BMC of node ${nodeName} could not be asked` }),
    )
    this.#asking.delete(nodeName)
    this.#answers.set(nodeName, { at: clock.mono(), power: seen })
    for (const handler of this.#handlers) handler(nodeName)
  }

  #isFresh(at: Mono): boolean {
    return this.#ageMs(at) < answerHoldsForMs
  }

  #ageMs(at: Mono): number {
    return this.#ports.clock.mono() - at
  }

  #forgetOld(): void {
    for (const [nodeName, { at }] of this.#answers) if (!this.#isFresh(at)) this.#answers.delete(nodeName)
  }
}
