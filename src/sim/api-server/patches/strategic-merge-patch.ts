import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import { internal } from '../errors/status-error.ts'
import { deepEqual, textOf } from '../objects/fields.ts'
import type { PatchRule, Shape } from '../shapes/shape.ts'
import { inOrder } from './element-order.ts'

/** What the Go type says of the value being patched; undefined where it says nothing. */
interface Place {
  readonly shape: Shape | undefined
  readonly rule: PatchRule | undefined
}

type Members = Record<string, Json | undefined>

/**
 * A merge patch that knows the Go type: lists with a merge key merge member by member. Follows apimachinery's strategicpatch
 * step by step, orders included. Throws a 500 for a patch that makes no sense, as the real server does.
 */
export const strategicMergePatch = (original: JsonObject, patch: JsonObject, shape: Shape): JsonObject =>
  mergeMap(original, patch, { shape, rule: undefined })

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

function mergeMap(original: JsonObject, patch: JsonObject, place: Place): JsonObject {
  const { $patch: directive, $retainKeys: keep } = patch
  if (directive === 'replace') return omit(patch, ['$patch'])
  if (directive === 'delete') return {}
  if (directive !== undefined) throw internal(`unknown patch type: ${textOf(directive)} in map: ${goMap(patch)}`)
  const result: Members = Array.isArray(keep) ? retained(original, patch, keep) : { ...original }
  const ordered = orderLists(result, patch, place)
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$retainKeys' || key.startsWith(orderPrefix) || ordered.has(key)) continue
    if (key.startsWith(deletePrefix)) deletePrimitives(result, key.slice(deletePrefix.length), value)
    else set(result, key, value === null ? undefined : mergeMember(result[key], value, placeOf(place, key)))
  }
  return result
}

function set(members: Members, key: string, value: Json | undefined): void {
  if (value === undefined) delete members[key]
  else members[key] = value
}

function retained(original: JsonObject, patch: JsonObject, keep: readonly Json[]): Members {
  const uncovered = Object.entries(patch).some(
    ([key, value]) => value !== null && !key.startsWith('$') && !keep.includes(key),
  )
  if (uncovered) throw internal('invalid patch format of retainKeys')
  return Object.fromEntries(Object.entries(original).filter(([key]) => keep.includes(key)))
}

function deletePrimitives(result: Members, key: string, values: Json | undefined): void {
  const list = result[key]
  if (Array.isArray(list) && Array.isArray(values)) result[key] = list.filter((member) => !values.includes(member))
}

/** Merges the lists that come with `$setElementOrder`. Returns their names. */
function orderLists(result: Members, patch: JsonObject, place: Place): ReadonlySet<string> {
  const done = new Set<string>()
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(orderPrefix) || !Array.isArray(order)) continue
    const key = directive.slice(orderPrefix.length)
    const [before, changes, inner] = [result[key], patch[key], placeOf(place, key)]
    const original = Array.isArray(before) ? before : []
    const merged = Array.isArray(changes) ? mergeMember(before, changes, inner) : before
    done.add(key)
    if (Array.isArray(merged))
      result[key] = inOrder(merged, { wanted: order, before: original, mergeKey: inner.rule?.mergeKey })
  }
  return done
}

function placeOf({ shape }: Place, key: string): Place {
  if (shape?.kind === 'Map') return { shape: shape.of, rule: undefined }
  const field = shape?.kind === 'Struct' ? shape.fields.get(key) : undefined
  return { shape: field?.shape, rule: field?.patch }
}

/** Undefined: the member goes, or never came. */
function mergeMember(original: Json | undefined, patch: Json | undefined, place: Place): Json | undefined {
  if (isObject(patch) && isObject(original))
    return place.rule?.replace === true ? patch : mergeMap(original, patch, place)
  if (!Array.isArray(patch) || !Array.isArray(original)) return withoutDirectives(patch)
  return place.rule?.merge === true ? mergeList(original, patch, place) : patch
}

function mergeList(before: readonly Json[], changes: readonly Json[], place: Place): readonly Json[] {
  const mergeKey = place.rule?.mergeKey
  if (mergeKey === undefined) {
    const merged = [...new Set([...before, ...changes])]
    return inOrder(merged, { wanted: changes, before, mergeKey })
  }
  const { original, patch } = withoutSpecialMembers(before, changes, mergeKey)
  const of: Place = { shape: place.shape?.kind === 'List' ? place.shape.of : undefined, rule: undefined }
  const merged = [...original]
  for (const member of patch) {
    const key = keyIn(member, mergeKey)
    const index = merged.findIndex((known) => isObject(known) && deepEqual(known[mergeKey], key))
    const known = merged[index]
    if (isObject(known) && isObject(member)) merged[index] = mergeMap(known, member, of)
    else merged.push(member)
  }
  return inOrder(merged, { wanted: patch, before: original, mergeKey })
}

interface Split {
  readonly original: readonly Json[]
  readonly patch: readonly Json[]
}

/** Members with a `$patch` speak about the list: delete one, or replace all. */
function withoutSpecialMembers(original: readonly Json[], changes: readonly Json[], mergeKey: string): Split {
  const special = changes.filter(isObject).filter((member) => member['$patch'] !== undefined)
  const patch = changes.filter((member) => !isObject(member) || member['$patch'] === undefined)
  const unknown = special.find((member) => member['$patch'] !== 'delete' && member['$patch'] !== 'replace')
  if (unknown !== undefined)
    throw internal(`unknown patch type: ${textOf(unknown['$patch'])} in map: ${goMap(unknown)}`)
  if (special.some((member) => member['$patch'] === 'replace')) return { original: patch, patch: [] }
  const gone = special.map((member) => keyIn(member, mergeKey))
  return {
    original: original.filter((member) => !isObject(member) || !gone.some((key) => deepEqual(member[mergeKey], key))),
    patch,
  }
}

function keyIn(member: Json, mergeKey: string): Json {
  const key = isObject(member) ? member[mergeKey] : undefined
  if (key === undefined) throw internal(`map: ${goMap(member)} does not contain declared merge key: ${mergeKey}`)
  return key
}

/** What is new is taken as it is, but for directives and nulls. Undefined: it was nothing but a directive. */
function withoutDirectives(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((member) => member !== undefined)
  if (!isObject(value)) return value
  if (value['$patch'] !== undefined) return undefined
  const kept = Object.entries(value).flatMap(([key, member]) => {
    const cleaned = member === null ? undefined : withoutDirectives(member)
    return key.startsWith('$') || cleaned === undefined ? [] : [[key, cleaned] as const]
  })
  return Object.fromEntries(kept)
}

const omit = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !names.includes(key)))

/** As Go prints a map: `map[status:True]`. */
function goMap(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((member) => goMap(member)).join(' ')}]`
  if (value === null || value === undefined) return '<nil>'
  if (!isObject(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${key}:${goMap(value[key])}`)
  return `map[${members.join(' ')}]`
}
