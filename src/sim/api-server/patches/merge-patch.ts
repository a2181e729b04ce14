import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'

/** RFC 7386: null takes away, objects merge, everything else replaces. What does not change is not copied. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  return isObject(target) ? merged(target, patch) : merged({}, patch)
}

function merged(before: JsonObject, patch: JsonObject): JsonObject {
  let result: Record<string, Json | undefined> | undefined
  for (const [key, value] of Object.entries(patch)) {
    const member = value === null ? undefined : value === undefined ? before[key] : mergePatch(before[key], value)
    if (member === before[key] && (member !== undefined || !Object.hasOwn(before, key))) continue
    result ??= { ...before }
    if (member === undefined) delete result[key]
    else result[key] = member
  }
  return result ?? before
}
