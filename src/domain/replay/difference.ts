import { isObject } from '../../kernel/json.ts'

/** One look that is decided otherwise now than it was then. */
export interface Difference {
  /** Of the look. */
  readonly time: string
  readonly controller: string
  readonly key: string
  readonly was: string
  readonly is: string
}

/** Where two decisions first differ, each side in short. Undefined: nowhere. */
export function firstDifference(
  was: unknown,
  is: unknown,
  path = 'decision',
): { readonly was: string; readonly is: string } | undefined {
  if (Array.isArray(was) && Array.isArray(is)) {
    const length = Math.max(was.length, is.length)
    return firstOf(Array.from({ length }, (_, index) => firstDifference(was[index], is[index], `${path}[${index}]`)))
  }
  if (isObject(was) && isObject(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    return firstOf(keys.map((key) => firstDifference(was[key], is[key], `${path}.${key}`)))
  }
  if ((was ?? null) === (is ?? null)) return undefined
  return { was: `${path}: ${inShort(was)}`, is: `${path}: ${inShort(is)}` }
}

const firstOf = <Value>(values: readonly (Value | undefined)[]): Value | undefined =>
  values.find((value) => value !== undefined)

const shortMax = 160

function inShort(value: unknown): string {
  const text = value === undefined || value === null ? '<none>' : JSON.stringify(value)
  return text.length > shortMax ? `${text.slice(0, shortMax - 1)}…` : text
}
