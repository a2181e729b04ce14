export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value found by walking into objects (by key) and lists (by number); undefined where the road ends. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current: unknown = value
  for (const step of path) {
    if (typeof step === 'number') current = Array.isArray(current) ? current[step] : undefined
    else current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined
  }
  return current
}

export const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const numberAt = (value: unknown, ...path: readonly (string | number)[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export const flagAt = (value: unknown, ...path: readonly (string | number)[]): boolean => at(value, ...path) === true

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** Only the entries that are text: labels and annotations come from the wire. */
export function textMapAt(value: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const found = at(value, ...path)
  if (!isObject(found)) return {}
  if (isTextMap(found)) return found
  const entries = Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries)
}

/** The ordinary case: nothing has to be copied. */
const isTextMap = (object: JsonObject): object is Readonly<Record<string, string>> => {
  for (const key in object) if (typeof object[key] !== 'string') return false
  return true
}

/** JSON with sorted keys and without undefined: equal values give equal text, whatever order they were built in. */
export function stableStringify(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((member) => stableStringify(member ?? null)).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value ?? null)
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stableStringify(value[key])}`).join(',')}}`
}

/** Whether two values are the same JSON: the order of keys and members without a value do not count. Shared parts cost nothing. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left)) return Array.isArray(right) && isEqualList(left, right)
  if (isObject(left)) return isObject(right) && isEqualObject(left, right)
  return (left ?? null) === (right ?? null)
}

const isEqualList = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((member, index) => isEqual(member, right[index]))

function isEqualObject(left: JsonObject, right: JsonObject): boolean {
  let leftSize = 0
  for (const key of Object.keys(left)) {
    if (left[key] === undefined) continue
    if (!Object.hasOwn(right, key) || right[key] === undefined || !isEqual(left[key], right[key])) return false
    leftSize += 1
  }
  return leftSize === sizeOf(right)
}

function sizeOf(object: JsonObject): number {
  let size = 0
  for (const key of Object.keys(object)) if (object[key] !== undefined) size += 1
  return size
}
