import { type Mono, seconds } from '../../kernel/time.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import type { BmcNetworks } from '../bmc-networks.ts'
import { Exchange, monoNow } from './exchange.ts'
import { Session } from './session.ts'

/** A service may name any time; so long it is believed. */
const restMsMax = seconds(30)

/** An order that the service was still carrying out when we had to go. */
interface Unfinished {
  readonly wanted: 'On' | 'Off'
  readonly monitor: string
  /** A service that has lost a task would otherwise keep us from switching for ever. */
  readonly until: Mono
}

/** What is kept of one BMC between two visits: connection, session, and what was learned. */
export class Line {
  readonly exchange: Exchange
  readonly session: Session
  /** The path of its system, by how it was asked for. Each visit compares the UUID anew. */
  readonly systems = new Map<string, string>()
  unfinished: Unfinished | undefined
  #restsUntil = 0

  constructor(access: RedfishAccess, networks: BmcNetworks) {
    this.exchange = new Exchange(access, networks)
    this.session = new Session(this.exchange, access)
  }

  /** How long something is known that the next visit must know as well, in milliseconds. */
  get remembersForMs(): number {
    const unfinishedMs = this.unfinished === undefined ? 0 : this.unfinished.until - monoNow()
    return Math.max(0, unfinishedMs, this.session.refusedForMs)
  }

  /** How long the service still wants to be left in peace, in milliseconds. */
  get restsForMs(): number {
    return Math.max(0, this.#restsUntil - monoNow())
  }

  restFor(ms: number): void {
    this.#restsUntil = monoNow() + Math.min(ms, restMsMax)
  }
}
