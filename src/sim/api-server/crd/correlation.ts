import { isEqual, isObject } from '../../../kernel/json.ts'
import { memberSchema, type Structural } from './structural.ts'

/**
 * The value that stood at the same place before an update. The real server forgives what was wrong already and did not
 * change ("ratcheting"), and CEL's `oldSelf` is found the same way. Undefined instead of it: no such place.
 */
export interface Correlated {
  readonly value: unknown
}

export function correlatedMember(
  {
    schema,
    old,
    value,
  }: { readonly schema: Structural; readonly old: Correlated | undefined; readonly value: unknown },
  key: string,
): Correlated | undefined {
  if (old === undefined || memberSchema(schema, key) === undefined) return undefined
  if (!isObject(old.value) || !isObject(value)) return undefined
  return Object.hasOwn(old.value, key) && Object.hasOwn(value, key) ? { value: old.value[key] } : undefined
}

/** Only the members of a list of type map have an identity: their keys. */
export function correlatedItem(schema: Structural, old: unknown, item: unknown): Correlated | undefined {
  if (schema.listType !== 'map' || !Array.isArray(old) || !isObject(item)) return undefined
  const members: readonly unknown[] = old
  const found = members.find((member) => isObject(member) && hasSameKeys(schema, [member, item]))
  return found === undefined ? undefined : { value: found }
}

export const isUnchanged = (old: Correlated | undefined, value: unknown): boolean =>
  old !== undefined && isEqual(old.value, value)

const hasSameKeys = ({ listMapKeys, items }: Structural, [left, right]: readonly [object, object]): boolean =>
  listMapKeys.every((key) => isEqual(keyValue(items, left, key), keyValue(items, right, key)))

function keyValue(items: Structural | undefined, member: object, key: string): unknown {
  const value: unknown = Reflect.get(member, key)
  return value === undefined ? items?.properties.get(key)?.defaultValue : value
}
