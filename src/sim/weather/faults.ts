import type { Prng } from '../../kernel/prng.ts'
import { type Chance, chanceNames, chances, type Fault } from '../plan/fault.ts'

/** Whom a fault would befall; absent: nobody in particular. */
interface Victim {
  readonly isSpared: boolean
}

/** Says of every occasion whether the fault happens. Each fault draws from its own numbers: without one the others stay as they are. */
export class Faults {
  /** How often each one happened: a fault that never does proves nothing. */
  readonly counts = new Map<Fault, number>()
  /** How often each one might have happened, whether the plan has it or not. */
  readonly occasions = new Map<Chance, number>()
  readonly #draws: ReadonlyMap<Chance, { readonly worth: number; readonly prng: Prng }>
  /** Until the storm begins. */
  areOff = true
  /** Once the storm is over: what befalls nobody in particular befalls nobody. */
  worldIsSpared = false

  constructor(weights: Readonly<Partial<Record<Chance, number>>>, prng: Prng) {
    this.#draws = new Map(
      chanceNames.flatMap((fault) => {
        const weight = weights[fault] ?? 0
        return weight === 0 ? [] : [[fault, { worth: weight * chances[fault], prng: prng.fork(fault) }]]
      }),
    )
  }

  happens(fault: Chance, victim?: Victim): boolean {
    if (this.areOff || (victim?.isSpared ?? this.worldIsSpared)) return false
    this.occasions.set(fault, (this.occasions.get(fault) ?? 0) + 1)
    const draw = this.#draws.get(fault)
    if (draw === undefined || draw.prng.int(1, 100_000) > draw.worth) return false
    this.count(fault)
    return true
  }

  count(fault: Fault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
  }
}
