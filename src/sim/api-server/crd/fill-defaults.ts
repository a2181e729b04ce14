import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import type { Settled } from './settled.ts'
import { memberSchema, type Structural } from './structural.ts'

/** With the schema's defaults, nested ones included, and without nulls where the schema allows none. */
export function fillDefaults(object: JsonObject, schema: Structural, settled?: Settled): JsonObject {
  if (settled?.isSettled(schema, object) === true) return object
  const filled: Record<string, Json | undefined> = {}
  let isWhole = true
  for (const [key, value] of Object.entries(object)) {
    const member = memberSchema(schema, key)
    const found = value === undefined || isStrayNull(value, member) ? undefined : fillValue(value, member, settled)
    if (found !== undefined) filled[key] = found
    if (found !== value || found === undefined) isWhole = false
  }
  for (const [name, property] of schema.properties) {
    if (property.defaultValue === undefined || Object.hasOwn(filled, name)) continue
    filled[name] = fillValue(property.defaultValue, property, settled)
    isWhole = false
  }
  return isWhole ? object : filled
}

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
