import type { Alert } from '../../api/alert.ts'
import { isObject, textAt, textMapAt } from '../../kernel/json.ts'
import { instant, parseTime } from '../../kernel/time.ts'

/** Each alert by itself: one that makes no sense spoils none of the others. What has no labels is about nobody. */
export const parseAlerts = (list: readonly unknown[]): readonly Alert[] => list.flatMap(parseAlert)

function parseAlert(raw: unknown): readonly Alert[] {
  if (!isObject(raw) || !isObject(raw['labels'])) return []
  const labels = textMapAt(raw, 'labels')
  const startsAt = parseTime(textAt(raw, 'startsAt')) ?? instant(0)
  const updatedAt = parseTime(textAt(raw, 'updatedAt')) ?? startsAt
  const state = states.find((known) => known === textAt(raw, 'status', 'state')) ?? 'unprocessed'
  const fingerprint = textAt(raw, 'fingerprint') ?? fingerprintOf(labels)
  return [{ labels, startsAt, updatedAt, state, fingerprint }]
}

const states = ['active', 'suppressed', 'unprocessed'] as const

/** What tells one alert from another is its labels; Alertmanager sends their hash. */
const fingerprintOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',')
