import type { Report } from '../../sim/simulation/simulate.ts'

/** What many seeds have met together. */
export class Tally {
  #seeds = 0
  #simulatedMs = 0
  readonly #ends = new Map<string, number>()
  readonly #faults = new Map<string, number>()
  readonly #stories = new Map<string, number>()

  add({ outcomes, faults, plan, lastedMs }: Report): void {
    this.#seeds += 1
    this.#simulatedMs += lastedMs
    for (const outcome of outcomes) count(this.#ends, outcome, 1)
    for (const [fault, times] of faults) count(this.#faults, fault, times)
    for (const { kind } of plan.stories) count(this.#stories, kind, 1)
  }

  get seeds(): number {
    return this.#seeds
  }

  get lines(): readonly string[] {
    return [
      `faults met: ${inWords(this.#faults)}`,
      `stories: ${inWords(this.#stories)}`,
      `ends: ${inWords(this.#ends)}`,
      `simulated: ${(this.#simulatedMs / 3_600_000).toFixed(1)} hours`,
    ]
  }
}

const count = (counts: Map<string, number>, name: string, times: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + times)
}

const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .map(([name, times]) => `${name} ${times}`)
    .toSorted()
    .join(', ')
