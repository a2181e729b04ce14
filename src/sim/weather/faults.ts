import type { Prng } from '../../kernel/prng.ts'

/** The worst rate of every fault, per mille of its occasions. */
const worstRates = {
  /** The request never arrives. */
  RequestLost: 40,
  /** It arrives after the caller has given up. */
  RequestLate: 40,
  /** It was served, and nobody hears of it. */
  ResponseLost: 40,
  /** Nothing was sent: the connection is refused. */
  ServerRefused: 40,
  /** The API server is busy and asks for patience. */
  Throttled: 40,
  /** Somebody writes to the same object between our look and our write. */
  ConflictingWrite: 80,
  /** A watch ends, or breaks. */
  WatchDropped: 250,
  /** A watch falls behind: what it tells is old. */
  WatchDelayed: 250,
  /** A watch says nothing more and stays open. */
  WatchSilent: 60,
  /** History is forgotten: watches and lists begin anew. */
  Compacted: 100,
  /** A power command is lost on its way, or its answer is. */
  PowerLost: 60,
  PowerAnswerLost: 60,
} as const

export type Fault = keyof typeof worstRates

/** Drawn per seed, as a swarm: a third of the faults are off altogether, so that what one does alone is seen, too. */
export class Faults {
  /** How often each one happened: a fault that never does proves nothing. */
  readonly counts = new Map<Fault, number>()
  readonly #rates: ReadonlyMap<Fault, number>
  readonly #prng: Prng
  haveEnded = false

  constructor(prng: Prng) {
    this.#prng = prng.fork('occasions')
    const faults = Object.keys(worstRates).filter((name): name is Fault => name in worstRates)
    this.#rates = new Map(faults.map((fault) => [fault, rateOf(fault, prng.fork(`rate/${fault}`))]))
  }

  happens(fault: Fault): boolean {
    const rate = this.#rates.get(fault) ?? 0
    if (this.haveEnded || rate === 0 || !this.#prng.chance(rate)) return false
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    return true
  }
}

const rateOf = (fault: Fault, prng: Prng): number => (prng.chance(333) ? 0 : prng.int(1, worstRates[fault]))
