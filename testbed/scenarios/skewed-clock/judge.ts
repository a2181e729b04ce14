import { textAt } from '../../../src/kernel/json.ts'
import type { AuditEntry } from '../../scenario/audit.ts'
import type { Check } from '../../scenario/verdict.ts'

const skewMaxMs = 30_000

/** What is stored is read by others: a time from a wrong clock would outlive the one who wrote it. */
export function trueTimes(audit: readonly AuditEntry[]): Check {
  const times = audit
    .filter(({ resource, verb }) => resource === 'noderemediations' && verb === 'patch')
    .flatMap((entry) => {
      const since = Date.parse(textAt(entry.request, 'status', 'step', 'since') ?? '')
      return Number.isNaN(since) ? [] : [since - entry.at]
    })
  const ahead = times.filter((skewMs) => skewMs > skewMaxMs)
  return {
    sentence: 'no time was stored that lies in the future',
    headline: true,
    holds: times.length > 0 && ahead.length === 0,
    seen: `${ahead.length} of ${times.length} times`,
  }
}
