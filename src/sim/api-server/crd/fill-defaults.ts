import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import type { Settled } from './settled.ts'
import { memberSchema, type Structural } from './structural.ts'

/** With the schema's defaults, nested ones included, and without nulls where the schema allows none. */
export function fillDefaults(object: JsonObject, schema: Structural, settled?: Settled): JsonObject {
  if (settled?.isSettled(schema, object) === true) return object
  const filled: Record<string, Json | undefined> = {}
  let isWhole = true
  for (const [key, value] of Object.entries(object)) {
    const found = value === undefined ? undefined : fillMember(value, memberSchema(schema, key), settled)
    if (found !== undefined) filled[key] = found
    if (found !== value || found === undefined) isWhole = false
  }
  const missing = missingDefaults(filled, schema)
  for (const [name, property] of missing) filled[name] = fillValue(property.defaultValue ?? null, property, settled)
  return isWhole && missing.length === 0 ? object : filled
}

const noneMissing: readonly (readonly [string, Structural])[] = []

const missingDefaults = (object: JsonObject, { defaulted }: Structural): readonly (readonly [string, Structural])[] =>
  defaulted.length === 0 ? noneMissing : defaulted.filter(([name]) => !Object.hasOwn(object, name))

/** Undefined: it is dropped. */
const fillMember = (value: Json, schema: Structural | undefined, settled: Settled | undefined): Json | undefined =>
  isStrayNull(value, schema) ? undefined : fillValue(value, schema, settled)

function fillValue(value: Json, schema: Structural | undefined, settled: Settled | undefined): Json {
  if (schema === undefined) return value
  if (value === null)
    return schema.nullable || schema.defaultValue === undefined ? null : fillValue(schema.defaultValue, schema, settled)
  if (Array.isArray(value)) return fillList(value, schema, settled)
  return isObject(value) ? fillDefaults(value, schema, settled) : value
}

function fillList(list: readonly Json[], { items }: Structural, settled: Settled | undefined): readonly Json[] {
  if (items === undefined) return list
  const filled = list.map((member) => fillValue(member, items, settled))
  return filled.every((member, index) => member === list[index]) ? list : filled
}

/** Without a default such a null is dropped; with one it is replaced. */
const isStrayNull = (value: Json, schema: Structural | undefined): boolean =>
  value === null && schema !== undefined && !schema.nullable && schema.defaultValue === undefined
