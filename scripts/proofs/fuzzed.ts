import type { Arbitrary } from 'fast-check'

/** One way in for text that others write, and who reads it. */
export interface Fuzzed {
  readonly name: string
  readonly inputs: Arbitrary<string>
  /** The worst that a sender can do within the limits of the reader, by what it is. */
  readonly corners: Readonly<Record<string, string>>
  /**
   * Throws where the reader breaks, or makes of it what cannot be. `turn`: how often it has read this text; what it remembers of
   * a text must not make the second time look like the first.
   */
  readonly read: (input: string, turn: number) => void
}
