import type { Say } from '../say.ts'

export interface Moment {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly what: string
}

/** What happened and when, counted from the fault. Each moment is told as soon as it is known. */
export class Timeline {
  readonly #say: Say
  readonly #moments: Moment[] = []
  #fault: number | undefined

  constructor(say: Say) {
    this.#say = say
  }

  /** The instant from which offsets are counted. */
  fault(what: string, at: number): void {
    this.#fault = at
    this.mark(what, at)
  }

  mark(what: string, at: number): void {
    this.#moments.push({ at, what })
    this.#say(renderMoment({ at, what }, this.#fault))
  }

  /** Milliseconds from the fault; undefined before there was one. */
  offsetMs(at: number): number | undefined {
    return this.#fault === undefined ? undefined : at - this.#fault
  }

  /** In the order in which it happened, which need not be the order in which it was seen. */
  lines(): readonly string[] {
    return this.#moments
      .toSorted((left, right) => left.at - right.at)
      .map((moment) => renderMoment(moment, this.#fault))
  }
}

function renderMoment({ at, what }: Moment, fault: number | undefined): string {
  const offset = fault === undefined ? '' : `${at < fault ? '-' : '+'}${(Math.abs(at - fault) / 1_000).toFixed(2)} s`
  return `${offset.padStart(11)}  ${what}`
}
