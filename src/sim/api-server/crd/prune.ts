import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import type { Settled } from './settled.ts'
import { memberSchema, type Structural } from './structural.ts'

const metaFields = new Set(['apiVersion', 'kind', 'metadata'])

/** The object without the fields that the schema does not know, and the sorted paths of what was dropped. */
export function prune(
  object: JsonObject,
  schema: Structural,
  settled?: Settled,
): { object: JsonObject; unknownFields: readonly string[] } {
  const unknown: string[] = []
  const pruned = pruneObject({ ...root, schema: { ...schema, embeddedResource: true }, unknown, settled }, object)
  return { object: pruned, unknownFields: unknown.toSorted() }
}

interface Walk {
  readonly schema: Structural | undefined
  readonly path: string
  readonly unknown: string[]
  readonly settled: Settled | undefined
}

const root = { path: '' }

function pruneValue(walk: Walk, value: Json): Json {
  if (Array.isArray(value)) return pruneList(walk, value)
  return isObject(value) ? pruneObject(walk, value) : value
}

/** The object itself where nothing had to go. */
function pruneObject(walk: Walk, object: JsonObject): JsonObject {
  if (walk.settled?.isSettled(walk.schema, object) === true) return object
  const kept: Record<string, Json | undefined> = {}
  let isWhole = true
  for (const [key, value] of Object.entries(object)) {
    const member = value === undefined ? undefined : pruneMember(walk, key, value)
    if (member !== undefined) kept[key] = member
    if (member !== value || member === undefined) isWhole = false
  }
  return isWhole ? object : kept
}

/** Undefined: it has to go. */
function pruneMember({ schema, path, unknown, settled }: Walk, key: string, value: Json): Json | undefined {
  if (schema?.embeddedResource === true && metaFields.has(key)) return value
  const place = path === '' ? key : `${path}.${key}`
  if (isKnown(schema, key))
    return pruneValue({ schema: memberSchema(schema, key), path: place, unknown, settled }, value)
  if (schema?.preserveUnknownFields === true) return value
  unknown.push(place)
  return undefined
}

/** `additionalProperties: true` keeps a member, and then prunes everything inside it, as the real server does. */
const isKnown = (schema: Structural | undefined, key: string): boolean =>
  schema?.properties.has(key) === true ||
  (schema?.additionalProperties !== undefined && schema.additionalProperties !== false)

function pruneList({ schema, path, ...walk }: Walk, list: readonly Json[]): readonly Json[] {
  if (schema?.preserveUnknownFields === true && schema.items === undefined) return list
  const pruned = list.map((member, index) =>
    pruneValue({ ...walk, schema: schema?.items, path: `${path}[${index}]` }, member),
  )
  return pruned.every((member, index) => member === list[index]) ? list : pruned
}
