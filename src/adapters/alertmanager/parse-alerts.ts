import type { Alert } from '../../api/alert.ts'
import { stableStringify, textAt, textMapAt } from '../../kernel/json.ts'
import { instant, parseTime } from '../../kernel/time.ts'

/**
 * The alerts among the entries of `GET /api/v2/alerts`, each by itself: one that makes no sense spoils none of the others. Only an
 * entry without a name is left out, since no signal can ask for it; whatever else is odd about it, an alert that is listed fires.
 */
export const parseAlerts = (entries: readonly unknown[]): readonly Alert[] =>
  entries.map(parseAlert).filter(({ labels }) => labels['alertname'] !== undefined)

function parseAlert(entry: unknown): Alert {
  const labels = textMapAt(entry, 'labels')
  const updatedAt = parseTime(textAt(entry, 'updatedAt'))
  const startsAt = parseTime(textAt(entry, 'startsAt')) ?? updatedAt ?? unknownTime
  const state = states.find((known) => known === textAt(entry, 'status', 'state')) ?? 'unprocessed'
  const fingerprint = textAt(entry, 'fingerprint') ?? stableStringify(labels)
  const endsAt = parseTime(textAt(entry, 'endsAt'))
  return { labels, startsAt, updatedAt: updatedAt ?? startsAt, endsAt, state, fingerprint }
}

const states = ['active', 'suppressed', 'unprocessed'] as const

/** The same at every poll, or the alert would seem to come and go. */
const unknownTime = instant(0)
