import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import { memberSchema, type Structural } from './structural.ts'

/** A copy with the schema's defaults, nested ones included, and without nulls where the schema allows none. */
export function fillDefaults(object: JsonObject, schema: Structural): JsonObject {
  const filled: Record<string, Json | undefined> = {}
  for (const [key, value] of Object.entries(object)) {
    const member = memberSchema(schema, key)
    if (value === undefined || isStrayNull(value, member)) continue
    filled[key] = fillValue(value, member)
  }
  for (const [name, property] of schema.properties) {
    if (property.defaultValue === undefined || Object.hasOwn(filled, name)) continue
    filled[name] = fillValue(property.defaultValue, property)
  }
  return filled
}

function fillValue(value: Json, schema: Structural | undefined): Json {
  if (schema === undefined) return value
  if (value === null)
    return schema.nullable || schema.defaultValue === undefined ? null : fillValue(schema.defaultValue, schema)
  if (Array.isArray(value))
    return schema.items === undefined ? value : value.map((member) => fillValue(member, schema.items))
  return isObject(value) ? fillDefaults(value, schema) : value
}

/** Without a default such a null is dropped; with one it is replaced. */
const isStrayNull = (value: Json, schema: Structural | undefined): boolean =>
  value === null && schema !== undefined && !schema.nullable && schema.defaultValue === undefined
