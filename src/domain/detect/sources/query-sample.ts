import { stableStringify } from '../../../kernel/json.ts'
import type { Sample } from '../sources-seen.ts'
import { type QuerySettings, thresholdOf } from './threshold.ts'

/** Two signals that ask the same and judge the same share an answer. */
export function queryKey(query: QuerySettings): string {
  const known = keys.get(query)
  if (known !== undefined) return known
  const key = stableStringify(query)
  keys.set(query, key)
  return key
}

/** Every look at every node asks. */
const keys = new WeakMap<QuerySettings, string>()

/** What one series amounts to. Its values are the numbers it holds, the oldest first. */
export function sampleOf(query: QuerySettings, values: readonly number[]): Sample {
  const value = values.at(-1)
  if (query.range === undefined) return value === undefined ? {} : { value }
  const threshold = thresholdOf(query)
  const { windowSeconds, stepSeconds } = query.range
  const range = {
    samples: values.length,
    expected: Math.max(1, Math.floor(windowSeconds / stepSeconds)),
    inTrouble: threshold === undefined ? values.length : values.filter(threshold.isEntered).length,
    staying: threshold === undefined ? values.length : values.filter(threshold.stays).length,
  }
  return value === undefined ? { range } : { value, range }
}
