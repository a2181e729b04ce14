import { RE2JS } from '@bufbuild/re2'

/** The API server matches with RE2, whose dialect and whose refusals differ from JavaScript's. */
export function isMatch(pattern: string, text: string): boolean {
  return compiled(pattern).test(text)
}

/** Undefined: the pattern is fine. Otherwise what Go's regexp says of it. */
export function patternFault(pattern: string): string | undefined {
  try {
    compiled(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Schemas and rules are few and live as long as the server. */
const cache = new Map<string, RE2JS>()

export function compiled(pattern: string): RE2JS {
  const known = cache.get(pattern)
  if (known !== undefined) return known
  const fresh = RE2JS.compile(pattern)
  cache.set(pattern, fresh)
  return fresh
}
