import { RE2JS } from '@bufbuild/re2'

/** A regular expression that a policy may hold against text which a node wrote: RE2 takes time in proportion to the text. */
export interface Pattern {
  readonly matches: (text: string) => boolean
}

const known = new Map<string, Pattern | string>()
const knownMax = 1_000

/** A text: why it cannot be read. */
export function compilePattern(source: string): Pattern | string {
  const before = known.get(source)
  if (before !== undefined) return before
  const outcome = compile(source)
  if (known.size >= knownMax) known.clear()
  known.set(source, outcome)
  return outcome
}

function compile(source: string): Pattern | string {
  try {
    const compiled = RE2JS.compile(source)
    return { matches: (text) => compiled.test(text) }
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable'
  }
}

/** Without a pattern everything matches, and what cannot be read matches nothing: such a policy does nothing anyway. */
export function matchesPattern(source: string | undefined, ...texts: readonly string[]): boolean {
  if (source === undefined) return true
  const pattern = compilePattern(source)
  return typeof pattern !== 'string' && texts.some(pattern.matches)
}
