/** Seen once, a frozen object may be asked for once more; seen twice, its text is kept for as long as the object lives. */
const seen = new WeakSet<object>()
const texts = new WeakMap<object, string>()

/**
 * The JSON of a value. API servers hand out the same frozen objects again and again, to lists and to every watch: those are
 * serialised twice at most. What is not frozen may change, and is never remembered.
 */
export function jsonText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value ?? null)
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = JSON.stringify(value)
  if (seen.has(value)) texts.set(value, text)
  else seen.add(value)
  return text
}
