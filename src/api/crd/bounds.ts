import { isObject, type Json, type JsonObject } from '../../kernel/json.ts'

/** Every description with the bounds and the default of its field: `kubectl explain` shows nothing else of them. */
export function withBoundsInWords(schema: JsonObject): JsonObject {
  const { description, properties, items, additionalProperties } = schema
  const words = [description, ...boundsOf(schema), ...defaultOf(schema['default'])].filter(
    (word) => typeof word === 'string',
  )
  return {
    ...schema,
    ...(description !== undefined && { description: words.join(' ') }),
    ...(isObject(properties) && { properties: inAll(properties) }),
    ...(isObject(items) && { items: withBoundsInWords(items) }),
    ...(isObject(additionalProperties) && { additionalProperties: withBoundsInWords(additionalProperties) }),
  }
}

const inAll = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, isObject(member) ? withBoundsInWords(member) : member]),
  )

function boundsOf(schema: JsonObject): readonly string[] {
  if (schema['format'] === 'date-time') return ['RFC 3339.']
  if (schema['x-kubernetes-int-or-string'] === true) return ['A number, or a percentage such as 20%.']
  return [
    ...range(schema['minimum'], schema['maximum'], ''),
    ...range(schema['minLength'], schema['maxLength'], ' characters'),
    ...range(schema['minItems'], schema['maxItems'], ' entries'),
    ...range(schema['minProperties'], schema['maxProperties'], ' entries'),
  ]
}

function range(low: unknown, high: unknown, unit: string): readonly string[] {
  if (typeof high !== 'number') return typeof low === 'number' ? [`At least ${low}${unit}.`] : []
  if (typeof low !== 'number' || (unit !== '' && low === 0)) return [`At most ${high}${unit}.`]
  return [`From ${low} to ${high}${unit}.`]
}

/** An empty object stands for the defaults within it. */
function defaultOf(value: Json | undefined): readonly string[] {
  if (value === undefined || (isObject(value) && Object.keys(value).length === 0)) return []
  if (Array.isArray(value) && value.length === 0) return ['Default: none.']
  return [`Default: ${typeof value === 'string' ? value : JSON.stringify(value)}.`]
}
