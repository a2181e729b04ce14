import type { Alert } from '../../api/alert.ts'
import { stableStringify, textAt, textMapAt } from '../../kernel/json.ts'
import { instant, parseTime } from '../../kernel/time.ts'

/**
 * The alerts among the entries of `GET /api/v2/alerts`. Whatever else is odd about an entry, it fires: leaving it out would say
 * that it does not. Only an entry without a name is left out, since no signal can ask for it.
 */
export const alertsOf = (entries: readonly unknown[]): readonly Alert[] =>
  entries.map(alertOf).filter(({ labels }) => labels['alertname'] !== undefined)

function alertOf(entry: unknown): Alert {
  const labels = textMapAt(entry, 'labels')
  const updatedAt = parseTime(textAt(entry, 'updatedAt'))
  const startsAt = parseTime(textAt(entry, 'startsAt')) ?? updatedAt ?? never
  return {
    labels,
    startsAt,
    updatedAt: updatedAt ?? startsAt,
    state: stateOf(textAt(entry, 'status', 'state')),
    fingerprint: textAt(entry, 'fingerprint') ?? stableStringify(labels),
  }
}

/** As Alertmanager itself writes a time that it does not know: far in the past, and the same at every poll. */
const never = instant(0)

const stateOf = (state: string | undefined): Alert['state'] =>
  state === 'suppressed' || state === 'unprocessed' ? state : 'active'
