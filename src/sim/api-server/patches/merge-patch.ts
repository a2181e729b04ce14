import { isObject, type Json } from '../../../kernel/json.ts'

/** RFC 7386: null takes away, objects merge, everything else replaces. What does not change is not copied. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const before = isObject(target) ? target : {}
  let result: Record<string, Json | undefined> | undefined = isObject(target) ? undefined : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || (value === null && !Object.hasOwn(before, key))) continue
    const merged = value === null ? undefined : mergePatch(before[key], value)
    if (merged !== undefined && merged === before[key]) continue
    result ??= { ...before }
    if (merged === undefined) delete result[key]
    else result[key] = merged
  }
  return result ?? before
}
