import type { JsonObject } from '../../../kernel/json.ts'

/** One committed write. `object` of a deletion is the last state, carrying the revision of the deletion. */
export interface Committed {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly key: string
  readonly revision: number
  readonly object: JsonObject
  readonly previous: JsonObject | undefined
}

/** What a watch can still be told: the last changes of one resource. */
export class ChangeLog {
  readonly #max: number
  #changes: Committed[] = []
  /** Everything after this revision is known. */
  #knownSince = 0

  constructor(max: number) {
    this.#max = max
  }

  get knownSince(): number {
    return this.#knownSince
  }

  append(change: Committed): void {
    this.#changes.push(change)
    if (this.#changes.length < this.#max * 2) return
    this.#knownSince = this.#changes[this.#changes.length - this.#max - 1]?.revision ?? this.#knownSince
    this.#changes = this.#changes.slice(-this.#max)
  }

  /** Undefined: too long ago. */
  after(revision: number): readonly Committed[] | undefined {
    if (revision < this.#knownSince) return undefined
    let [low, high] = [0, this.#changes.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    return this.#changes.slice(low)
  }

  forget(until: number): void {
    this.#knownSince = until
    this.#changes = this.#changes.filter(({ revision }) => revision > until)
  }
}
