import { z } from 'zod'
import { isObject, type Json, type JsonObject } from '../../../src/kernel/json.ts'

/**
 * The values as JSON Schema of draft 7, which every Helm understands. A member that nobody knows is refused wherever members are
 * listed: a typing error must not install something else than was meant.
 */
export function valuesSchema(values: z.ZodType): JsonObject {
  const document: unknown = z.toJSONSchema(values, { target: 'draft-7', io: 'input' })
  const schema = isObject(document) ? closed(document) : {}
  return { ...schema, title: 'Values of the chart prunella' }
}

/** Parent charts hand their `global` down, unasked. */
export const withGlobal = (schema: JsonObject): JsonObject => ({
  ...schema,
  properties: {
    ...(isObject(schema['properties']) ? schema['properties'] : {}),
    global: { type: 'object', description: 'Of a parent chart; not read.' },
  },
})

function closed(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).map(([key, value]) => [key, isNested(key) ? closedWithin(value) : value])
  const isOpen = isObject(schema['properties']) && schema['additionalProperties'] === undefined
  const result: JsonObject = Object.fromEntries(members)
  return isOpen ? { ...result, additionalProperties: false } : result
}

const isNested = (key: string): boolean => !['default', 'examples', 'enum', 'const', 'required'].includes(key)

/** A schema, a list of them, or a map of them by name. */
function closedWithin(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((each: Json) => (isObject(each) ? closed(each) : each))
  if (!isObject(value)) return value ?? null
  if (typeof value['type'] === 'string' || Array.isArray(value['anyOf']) || Array.isArray(value['allOf']))
    return closed(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, isObject(each) ? closed(each) : (each ?? null)]),
  )
}
