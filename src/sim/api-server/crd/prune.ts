import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import { memberSchema, type Structural } from './structural.ts'

const metaFields = new Set(['apiVersion', 'kind', 'metadata'])

/** A copy without the fields that the schema does not know, and the sorted paths of what was dropped. */
export function prune(
  object: JsonObject,
  schema: Structural,
): { object: JsonObject; unknownFields: readonly string[] } {
  const unknown: string[] = []
  const pruned = pruneObject({ ...root, schema: { ...schema, embeddedResource: true }, unknown }, object)
  return { object: pruned, unknownFields: unknown.toSorted() }
}

interface Walk {
  readonly schema: Structural | undefined
  readonly path: string
  readonly unknown: string[]
}

const root = { path: '' }

function pruneValue(walk: Walk, value: Json): Json {
  if (Array.isArray(value)) return pruneList(walk, value)
  return isObject(value) ? pruneObject(walk, value) : value
}

function pruneObject({ schema, path, unknown }: Walk, object: JsonObject): JsonObject {
  const kept: Record<string, Json | undefined> = {}
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue
    const place = path === '' ? key : `${path}.${key}`
    if (schema?.embeddedResource === true && metaFields.has(key)) kept[key] = value
    else if (isKnown(schema, key))
      kept[key] = pruneValue({ schema: memberSchema(schema, key), path: place, unknown }, value)
    else if (schema?.preserveUnknownFields === true) kept[key] = value
    else unknown.push(place)
  }
  return kept
}

/** `additionalProperties: true` keeps a member, and then prunes everything inside it, as the real server does. */
const isKnown = (schema: Structural | undefined, key: string): boolean =>
  schema?.properties.has(key) === true ||
  (schema?.additionalProperties !== undefined && schema.additionalProperties !== false)

function pruneList({ schema, path, unknown }: Walk, list: readonly Json[]): readonly Json[] {
  if (schema?.preserveUnknownFields === true && schema.items === undefined) return list
  return list.map((member, index) => pruneValue({ schema: schema?.items, path: `${path}[${index}]`, unknown }, member))
}
