import { textAt } from '../../../src/kernel/json.ts'
import type { FleetNode } from '../../fleet/fleet.ts'
import { type AuditEntry, succeeded } from '../../scenario/audit.ts'
import type { Check } from '../../scenario/verdict.ts'
import { countsOf, effectsOf, writesOf } from '../../scenario/writes.ts'

export interface StormSeen {
  readonly sick: readonly FleetNode[]
  /** How many nodes had been marked by when. */
  readonly marks: readonly { readonly at: number; readonly count: number }[]
  /** The share above which nothing may start, in nodes. */
  readonly limit: number
  readonly takenBackAt: number
  readonly calmAt: number
}

/** What a node costs in writes of any kind, from the first sign to the last; the rest is said of policies. */
const writesPerNodeMax = 12
/** Until a change of nodes has come through watch and queue, on a machine that has other work too. */
const noticedWithinMs = 3_000

export function stormChecks(audit: readonly AuditEntry[], seen: StormSeen): readonly Check[] {
  const overAt = seen.marks.find(({ count }) => count > seen.limit * 1.5)?.at ?? Number.NaN
  const begun = audit.filter(
    (entry) => entry.resource === 'noderemediations' && entry.verb === 'create' && succeeded(entry),
  )
  const late = begun.filter(({ at }) => at > overAt + noticedWithinMs && at < seen.takenBackAt)
  const inStorm = audit.filter(({ at }) => at < seen.calmAt)
  const effects = effectsOf(inStorm)
  const treated = new Set(begun.map(({ request }) => textAt(request, 'spec', 'node', 'name') ?? ''))
  const strange = effects.filter((entry) => !isExpected(entry, treated))
  const writes = writesOf(inStorm).filter(({ resource }) => resource !== 'leases' && resource !== 'events')
  const perNode = writes.length / seen.sick.length
  return [
    {
      sentence: 'no run began while far more nodes were sick than the policy allows',
      headline: true,
      holds: Number.isFinite(overAt) && late.length === 0,
      seen: `${begun.length} runs in all, ${late.length} of them too late`,
    },
    {
      sentence: 'the operator touched nothing but the nodes of its runs, pods by eviction, and its own jobs',
      holds: strange.length === 0,
      seen: countsOf(strange.length === 0 ? effects : strange),
    },
    {
      sentence: `at most ${writesPerNodeMax} writes for each sick node`,
      headline: true,
      holds: perNode <= writesPerNodeMax,
      seen: `${writes.length} for ${seen.sick.length} nodes, ${perNode.toFixed(1)} each: ${countsOf(writes)}`,
    },
  ]
}

const isExpected = ({ verb, resource, subresource, name }: AuditEntry, treated: ReadonlySet<string>): boolean =>
  (resource === 'nodes' && subresource === '' && verb === 'patch' && treated.has(name)) ||
  (resource === 'pods' && subresource === 'eviction' && verb === 'create') ||
  (resource === 'jobs' && ['create', 'delete'].includes(verb))
