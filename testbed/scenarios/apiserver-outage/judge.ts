import { textAt } from '../../../src/kernel/json.ts'
import { identities } from '../../control-plane/identities.ts'
import { type AuditEntry, succeeded } from '../../scenario/audit.ts'
import type { Check } from '../../scenario/verdict.ts'
import { countsOf, effectsOf } from '../../scenario/writes.ts'

export function othersLeftAlone(audit: readonly AuditEntry[], node: string): Check {
  const runs = audit.filter(
    (entry) => entry.resource === 'noderemediations' && entry.verb === 'create' && succeeded(entry),
  )
  const others = runs.filter(({ request }) => textAt(request, 'spec', 'node', 'name') !== node)
  return {
    sentence: 'nodes that were silent only because nobody listened were left alone',
    headline: true,
    holds: runs.length === 1 && others.length === 0,
    seen: `${runs.length} run in all`,
  }
}

/** The lease ran out in the outage: whoever acts afterwards has taken it anew. */
export function leaseFirstCheck(audit: readonly AuditEntry[], endedAt: number): Check {
  const leasedAt = audit.find(
    (entry) =>
      entry.user === identities.operator.user &&
      entry.resource === 'leases' &&
      entry.verb === 'patch' &&
      entry.ended >= endedAt &&
      succeeded(entry),
  )?.ended
  const early = effectsOf(audit).filter(
    (entry) => succeeded(entry) && entry.ended >= endedAt && entry.ended < (leasedAt ?? Number.POSITIVE_INFINITY),
  )
  return {
    sentence: 'no effect from before the outage came through after it: first the lease, then what is done under it',
    headline: true,
    holds: leasedAt !== undefined && early.length === 0,
    seen: `lease ${(((leasedAt ?? Number.NaN) - endedAt) / 1_000).toFixed(1)} s after the end; before it: ${countsOf(early)}`,
  }
}
