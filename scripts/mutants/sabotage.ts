/** One line of behaviour taken away. A checker that has never failed is decoration, and so is a guard whose loss nobody notices. */
export interface Sabotage {
  /** As `hazards` numbers it where it does, and in words: `M1 ledger-blind-write`. */
  readonly name: string
  /** What it breaks: `I1`. */
  readonly invariant: string
  readonly file: string
  /** Occurs in the file exactly once. */
  readonly cut: string
  readonly paste: string
  /** Where to look first, besides the folder of the file: paths of tests. */
  readonly tests?: readonly string[]
  /** Within so many seeds the simulator must find what the tests leave. */
  readonly seedsMax?: number
  /** It makes a loop without an end: then being too late is being noticed. */
  readonly hangs?: boolean
}

export const seedsMaxDefault = 40

/** The text with the line gone. Throws where the anchor is not there exactly once: a patch that no longer applies proves nothing. */
export function sabotaged({ name, file, cut, paste }: Sabotage, text: string): string {
  const times = text.split(cut).length - 1
  if (times !== 1) throw new Error(`sabotage ${name}: its anchor is ${times} times in ${file}, it must be there once`)
  return text.replace(cut, () => paste)
}
