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

/** The same object, with every top-level member that did not change taken from the old one: memory and comparisons are spared. */
export const sharing = (object: JsonObject, old: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, deepEqual(value, old[key]) ? old[key] : value]))

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
