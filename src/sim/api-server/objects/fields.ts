import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'

/** A copy with one top-level member replaced; undefined takes it away. */
export function withField(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [name]: value }
  if (!Object.hasOwn(object, name)) return object
  const { [name]: _, ...rest } = object
  return rest
}

export const objectAt = (object: JsonObject, name: string): JsonObject => {
  const found = object[name]
  return isObject(found) ? found : {}
}

export const metadataOf = (object: JsonObject): JsonObject => objectAt(object, 'metadata')

export const withMetadata = (object: JsonObject, changes: JsonObject): JsonObject => ({
  ...object,
  metadata: definedOnly({ ...metadataOf(object), ...changes }),
})

/** Members with a value: a spread of undefined would otherwise leave the key behind. */
export function definedOnly(object: JsonObject): JsonObject {
  if (!Object.values(object).includes(undefined)) return object
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

/** Fills in what is absent. */
export const withDefaults = (object: JsonObject, defaults: JsonObject): JsonObject => {
  const missing = Object.keys(defaults).filter((key) => object[key] === undefined)
  return missing.length === 0
    ? object
    : { ...object, ...Object.fromEntries(missing.map((key) => [key, defaults[key]])) }
}

/** Text as it is, nothing else: what a typed field holds was checked when it was decoded. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The same value, with every part that did not change taken from the old one: memory and comparisons are spared. */
export function sharing(value: JsonObject, old: JsonObject): JsonObject
export function sharing(value: Json | undefined, old: Json | undefined): Json | undefined
export function sharing(value: Json | undefined, old: Json | undefined): Json | undefined {
  if (value === old) return old
  if (Array.isArray(value)) return Array.isArray(old) ? sharingList(value, old) : value
  return isObject(value) && isObject(old) ? sharingObject(value, old) : value
}

function sharingObject(object: JsonObject, old: JsonObject): JsonObject {
  const keys = Object.keys(object)
  let isSame = keys.length === Object.keys(old).length
  let changed: Record<string, Json | undefined> | undefined
  for (const key of keys) {
    const member = sharing(object[key], old[key])
    if (member !== old[key]) isSame = false
    if (member === object[key]) continue
    changed ??= { ...object }
    changed[key] = member
  }
  return isSame ? old : (changed ?? object)
}

function sharingList(list: readonly Json[], old: readonly Json[]): readonly Json[] {
  const shared = list.map((member, index) => sharing(member, old[index]) ?? null)
  return list.length === old.length && shared.every((member, index) => member === old[index]) ? old : shared
}

/** JSON equality; shared parts cost nothing. */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((member, index) => deepEqual(member, right[index]))
    )
  }
  if (!isObject(left) || !isObject(right)) return false
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => deepEqual(left[key], right[key]))
}
