import { isEqual, isObject, type JsonObject } from './json.ts'

/** The RFC 7386 patch that turns `before` into `after`: null removes, lists are replaced whole. Empty: they are equal. */
export function mergePatch(before: object, after: object): JsonObject {
  const old = new Map<string, unknown>(Object.entries(before))
  const next = new Map<string, unknown>(Object.entries(after).filter(([, value]) => value !== undefined))
  const removed = [...old.keys()]
    .filter((key) => !next.has(key) && old.get(key) !== undefined)
    .map((key) => [key, null])
  const changed = [...next].flatMap(([key, value]) => {
    const previous = old.get(key)
    if (isEqual(previous, value) && old.has(key)) return []
    return [[key, isObject(previous) && isObject(value) ? mergePatch(previous, value) : value]]
  })
  return Object.fromEntries([...removed, ...changed])
}
