import type { Instant } from '../../kernel/time.ts'

export interface TimelineEntry {
  readonly atMs: number
  readonly mark: string
  readonly text: string
}

export interface TimelineOptions {
  readonly now: () => Instant
  readonly say: (text: string) => void
}

/** What has happened in one story, in the order in which it became true. A mark counts once. */
export class Timeline {
  readonly #options: TimelineOptions
  readonly #entries: TimelineEntry[] = []
  #begin: Instant | undefined

  constructor(options: TimelineOptions) {
    this.#options = options
  }

  get entries(): readonly TimelineEntry[] {
    return this.#entries
  }

  /** From the first mark to the last, in milliseconds. */
  get lengthMs(): number {
    return this.#entries.at(-1)?.atMs ?? 0
  }

  mark(mark: string, text: string): void {
    if (this.has(mark)) return
    const now = this.#options.now()
    this.#begin ??= now
    this.#entries.push({ atMs: now - this.#begin, mark, text })
    this.#options.say(text)
  }

  has(mark: string): boolean {
    return this.#entries.some((entry) => entry.mark === mark)
  }

  /** What is missing from the story, or was told in the wrong order. */
  disorder(expected: readonly string[]): readonly string[] {
    const missing = expected.filter((mark) => !this.has(mark)).map((mark) => `it never came to: ${mark}`)
    const places = expected
      .filter((mark) => this.has(mark))
      .map((mark) => this.#entries.findIndex((entry) => entry.mark === mark))
    const present = expected.filter((mark) => this.has(mark))
    const swapped = places.flatMap((place, index) => {
      const before = places[index - 1]
      return before !== undefined && place < before
        ? [`${present[index] ?? ''} came before ${present[index - 1] ?? ''}`]
        : []
    })
    return [...missing, ...swapped]
  }
}

/** `  3.2s`, seven columns wide. */
export const offset = (ms: number): string => `${(ms / 1_000).toFixed(1)}s`.padStart(7)
