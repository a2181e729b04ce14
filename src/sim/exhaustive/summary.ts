import type { Ran, Told } from './enumerate.ts'

interface Row {
  requests: number
  before: number
  after: number
  pairs: number
  leftOut: number
  failures: number
}

const head = ['story', 'requests', 'killed before', 'killed after', 'pairs with a fault', 'left out', 'failures']

/** What the workers have told so far: how far it is, and what there was, story by story. */
export class Summary {
  readonly failed: Ran[] = []
  readonly #rows = new Map<string, Row>()
  #planned = 0
  #runs = 0

  take(told: Told): void {
    const row = this.#rowOf(told.story)
    if (told.kind === 'StoryBegun') {
      row.requests += told.requests
      this.#planned += told.runs
    } else if (told.kind === 'LeftOut') {
      row.leftOut += told.pairs
      this.#planned -= told.pairs
    } else this.#count(row, told)
  }

  get runs(): number {
    return this.#runs
  }

  /** After so long: how many of how many, and how long it will take from here. */
  progress(elapsedMs: number): string {
    const leftMs = this.#runs === 0 ? 0 : (elapsedMs / this.#runs) * Math.max(0, this.#planned - this.#runs)
    const share = this.#planned === 0 ? 0 : Math.floor((100 * this.#runs) / this.#planned)
    const each = (elapsedMs / Math.max(1, this.#runs)).toFixed(0)
    return (
      `${this.#runs} of ${this.#planned} runs (${share} %), ${this.failed.length} failures, ${each} ms a run, ` +
      `${(leftMs / 60_000).toFixed(0)} min left`
    )
  }

  /** One line per story, and their sum. */
  get table(): readonly string[] {
    const rows = [...this.#rows].map(([story, row]) => [story, ...cellsOf(row)])
    const sum = [...this.#rows.values()].map(cellsOf).reduce(added, cellsOf(emptyRow()))
    const lines = [head, ...rows, ['all', ...sum]].map((line) => line.map(String))
    const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
    return lines.map((line) => line.map((cell, column) => padded(cell, column, widths[column] ?? 0)).join('  '))
  }

  #count(row: Row, told: Ran): void {
    this.#runs += 1
    if (told.how === 'Undisturbed') this.#planned += 1
    if (told.how === 'KilledBefore') row.before += 1
    if (told.how === 'KilledAfter') row.after += 1
    if (told.how === 'Pair') row.pairs += 1
    if (told.failure === undefined) return
    row.failures += 1
    this.failed.push(told)
  }

  #rowOf(story: string): Row {
    const known = this.#rows.get(story)
    if (known !== undefined) return known
    const row = emptyRow()
    this.#rows.set(story, row)
    return row
  }
}

const emptyRow = (): Row => ({
  requests: 0,
  before: 0,
  after: 0,
  pairs: 0,
  leftOut: 0,
  failures: 0,
})

const cellsOf = ({ requests, before, after, pairs, leftOut, failures }: Row): readonly number[] => [
  requests,
  before,
  after,
  pairs,
  leftOut,
  failures,
]

const added = (left: readonly number[], right: readonly number[]): readonly number[] =>
  left.map((number, index) => number + (right[index] ?? 0))

const padded = (cell: string, column: number, width: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)
