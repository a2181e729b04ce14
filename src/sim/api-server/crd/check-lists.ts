import { isObject } from '../../../kernel/json.ts'
import { type Cause, duplicate, goJson, invalid } from './cause.ts'
import { Settled } from './settled.ts'
import { memberSchema, type Structural } from './structural.ts'

/** Lists of type set and map hold no member, or no key, twice. */
export function checkLists(schema: Structural, value: unknown, path = ''): readonly Cause[] {
  if (!schema.holdsKeyedLists) return []
  if (Array.isArray(value)) return checkList(schema, value, path)
  if (!isObject(value) || faultless.isSettled(schema, value)) return []
  const causes = Object.entries(value).flatMap(([key, member]) => {
    const below = memberSchema(schema, key)
    return below === undefined ? [] : checkLists(below, member, childPath({ schema, path }, key))
  })
  if (causes.length === 0) faultless.settle(schema, value)
  return causes
}

const faultless = new Settled()

/** `spec.map[key]` for the members of a map, `spec.name` for named fields. */
export function childPath(
  { schema, path }: { readonly schema: Structural; readonly path: string },
  key: string,
): string {
  if (!schema.properties.has(key)) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

function checkList(schema: Structural, list: readonly unknown[], path: string): readonly Cause[] {
  const own = checkUnique(schema, list, path)
  const { items } = schema
  const below = items === undefined ? [] : list.flatMap((item, index) => checkLists(items, item, `${path}[${index}]`))
  return [...own, ...below]
}

function checkUnique(schema: Structural, list: readonly unknown[], path: string): readonly Cause[] {
  if (schema.listType === 'set') return checkSet(list, path)
  return schema.listType === 'map' ? checkMap(schema, list, path) : []
}

const checkSet = (list: readonly unknown[], path: string): readonly Cause[] =>
  secondOnes(list).map((index) => duplicate(`${path}[${index}]`, list[index]))

function checkMap(schema: Structural, list: readonly unknown[], path: string): readonly Cause[] {
  const stranger = list.findIndex((item) => item !== null && !isObject(item))
  if (stranger !== -1)
    return [invalid(`${path}[${stranger}]`, list[stranger], 'must be an object for an array of list-type map')]
  const keys = list.map((item) => keysOf(schema, item))
  return secondOnes(keys).map((index) => duplicate(`${path}[${index}]`, keys[index]))
}

const keysOf = ({ listMapKeys }: Structural, item: unknown): Readonly<Record<string, unknown>> => {
  if (!isObject(item)) return {}
  return Object.fromEntries(listMapKeys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]]))
}

/** The index where a member stands for the second time; a third time is not told again. */
function secondOnes(list: readonly unknown[]): readonly number[] {
  const counts = new Map<string, number>()
  return list.flatMap((member, index) => {
    const text = goJson(member)
    const count = (counts.get(text) ?? 0) + 1
    counts.set(text, count)
    return count === 2 ? [index] : []
  })
}
