import { nearest } from '../kernel/nearest.ts'

const namedMax = 8

/** Ends a sentence about a name that there is not: with the one that was most likely meant, else with those that there are. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  if (meant !== undefined) return `; did you mean ${meant}?`
  if (known.length === 0) return '; there is none'
  const more = known.length > namedMax ? `, and ${known.length - namedMax} more` : ''
  return `; there are ${known.slice(0, namedMax).join(', ')}${more}`
}
