import { isObject } from './json.ts'

/**
 * What was parsed, together with what its schema does not know: a member that a newer release of ours has written is carried along,
 * so that a patch of an older one does not take it away. Members are told apart by name, entries of lists by place.
 */
export function keepUnknown<Value>(parsed: Value, raw: unknown): Value {
  // The members that are added are not in the type: nobody reads them, they are only written back.
  return kept(parsed, raw) as Value
}

/** The same value where there is nothing to add, which is nearly always. */
function kept(parsed: unknown, raw: unknown): unknown {
  if (Array.isArray(parsed) && Array.isArray(raw) && parsed.length === raw.length) {
    const entries = parsed.map((entry, index) => kept(entry, raw[index]))
    return entries.some((entry, index) => entry !== parsed[index]) ? entries : parsed
  }
  if (!isObject(parsed) || !isObject(raw)) return parsed
  const added = Object.entries(raw).flatMap(([name, value]) => {
    if (!Object.hasOwn(parsed, name)) return [[name, value]]
    const member = kept(parsed[name], value)
    return member === parsed[name] ? [] : [[name, member]]
  })
  return added.length === 0 ? parsed : { ...parsed, ...Object.fromEntries(added) }
}
