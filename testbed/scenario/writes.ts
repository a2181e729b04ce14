import { identities } from '../control-plane/identities.ts'
import { type AuditEntry, cordonWrittenBy, succeeded } from './audit.ts'
import type { Check } from './verdict.ts'

const reads = ['get', 'list', 'watch']

/** Whatever the operator asked the API server to change, granted or not. */
export const writesOf = (audit: readonly AuditEntry[]): readonly AuditEntry[] =>
  audit.filter(({ user, verb }) => user === identities.operator.user && !reads.includes(verb))

/** Writes by what they touch, most frequent first: `patch nodes 6, create pods/eviction 3`. */
export function countsOf(writes: readonly AuditEntry[]): string {
  const kinds = Map.groupBy(
    writes,
    ({ verb, resource, subresource }) => `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`,
  )
  const counted = [...kinds].map(([kind, found]): readonly [string, number] => [kind, found.length])
  return (
    counted
      .toSorted(([, one], [, other]) => other - one)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ') || 'none'
  )
}

const own = ['nodehealths', 'noderemediations', 'disruptionledgers', 'noderemediationpolicies', 'remediationguards']

/** Writes that touch neither our own group nor our lease nor events: those that somebody else could feel. */
export const effectsOf = (audit: readonly AuditEntry[]): readonly AuditEntry[] =>
  writesOf(audit).filter(({ resource }) => ![...own, 'leases', 'events'].includes(resource))

export interface Disrupted {
  /** Most nodes that were cordoned at one moment. */
  readonly mostAtOnce: number
  /** The same within one zone. */
  readonly mostInOneZone: number
  readonly cordoned: readonly string[]
  /** Nodes that are cordoned at the end. */
  readonly left: readonly string[]
}

/** Replays every cordon that was granted, whoever wrote it, in the order in which they were answered. */
export function replayCordons(audit: readonly AuditEntry[], zoneOf: (node: string) => string): Disrupted {
  const now = new Set<string>()
  const ever = new Set<string>()
  let [mostAtOnce, mostInOneZone] = [0, 0]
  for (const entry of audit.filter(succeeded).toSorted((one, other) => one.ended - other.ended)) {
    const cordons = cordonWrittenBy(entry)
    if (cordons === undefined) continue
    if (cordons) ever.add(entry.name)
    if (cordons) now.add(entry.name)
    else now.delete(entry.name)
    const zones = Map.groupBy(now, zoneOf)
    mostAtOnce = Math.max(mostAtOnce, now.size)
    mostInOneZone = Math.max(mostInOneZone, ...[...zones.values()].map((nodes) => nodes.length))
  }
  return { mostAtOnce, mostInOneZone, cordoned: [...ever], left: [...now] }
}

export interface Allowed {
  readonly atOnce: number
  readonly inOneZone: number
}

export function budgetChecks(seen: Disrupted, allowed: Allowed): readonly Check[] {
  return [
    {
      sentence: `never more than ${allowed.atOnce} nodes were cordoned at once`,
      headline: true,
      holds: seen.mostAtOnce <= allowed.atOnce,
      seen: `most at one moment: ${seen.mostAtOnce}; in all: ${seen.cordoned.length}`,
    },
    {
      sentence: `never more than ${allowed.inOneZone} of one zone`,
      holds: seen.mostInOneZone <= allowed.inOneZone,
      seen: `most: ${seen.mostInOneZone}`,
    },
    { sentence: 'every cordon was taken back', holds: seen.left.length === 0, seen: seen.left.join(', ') || 'all' },
  ]
}
