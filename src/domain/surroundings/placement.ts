import type { Taint } from '../../api/core/node.ts'
import type { NodeTerm, PodNeeds, Toleration } from '../../api/core/pod-needs.ts'
import type { Quantities } from '../../api/core/quantity.ts'
import { type Labels, meets } from '../../kernel/selector.ts'

/** A node that may take pods, with what is left on it. */
export interface Berth {
  readonly name: string
  readonly labels: Labels
  /** Those that keep pods away. */
  readonly taints: readonly Taint[]
  readonly free: Quantities
}

export interface Leaver {
  /** `namespace/name`. */
  readonly name: string
  readonly needs: PodNeeds
}

interface Unplaced {
  readonly name: string
  /** The resource that is missing, or why no node qualifies at all. */
  readonly lacks: string
  /** How much of it, on the node that comes nearest; 0 where no node qualifies. */
  readonly shortfall: number
}

export interface Placement {
  readonly placed: number
  readonly unplaced: readonly Unplaced[]
  /** Thousandths of CPU that stay free on all berths together, once everybody has found a place. */
  readonly headroomMilliCpu: number
}

/**
 * First fit, the largest first, on what is left after requests. Labels, required node affinity and taints are respected; spread,
 * affinity between pods and volumes are not modelled. Berths come with the roomiest first.
 */
export function place(leavers: readonly Leaver[], berths: readonly Berth[]): Placement {
  const left = new Map<string, Quantities>()
  const candidates = new Map<PodNeeds, readonly Berth[]>()
  const unplaced: Unplaced[] = []
  for (const leaver of leavers.toSorted(largestFirst)) {
    const { needs } = leaver
    const known = candidates.get(needs) ?? berths.filter((berth) => mayTake(berth, needs))
    candidates.set(needs, known)
    const asked = { ...needs.requests, pods: 1 }
    const berth = known.find(({ name, free }) => fits(asked, left.get(name) ?? free))
    if (berth === undefined) unplaced.push(lackOf(leaver, asked, { known, left }))
    else left.set(berth.name, without(left.get(berth.name) ?? berth.free, asked))
  }
  const headroomMilliCpu = berths.reduce(
    (sum, { name, free }) => sum + Math.max(0, (left.get(name) ?? free)['cpu'] ?? 0),
    0,
  )
  return { placed: leavers.length - unplaced.length, unplaced, headroomMilliCpu }
}

const largestFirst = (left: Leaver, right: Leaver): number =>
  (right.needs.requests['cpu'] ?? 0) - (left.needs.requests['cpu'] ?? 0) ||
  (right.needs.requests['memory'] ?? 0) - (left.needs.requests['memory'] ?? 0) ||
  (left.name < right.name ? -1 : 1)

const fits = (asked: Quantities, free: Quantities): boolean =>
  Object.entries(asked).every(([resource, amount]) => amount <= 0 || amount <= (free[resource] ?? 0))

const without = (free: Quantities, asked: Quantities): Quantities => ({
  ...free,
  ...Object.fromEntries(Object.entries(asked).map(([resource, amount]) => [resource, (free[resource] ?? 0) - amount])),
})

interface Searched {
  readonly known: readonly Berth[]
  readonly left: ReadonlyMap<string, Quantities>
}

/** Measured at the node that lacks least. */
function lackOf({ name }: Leaver, asked: Quantities, { known, left }: Searched): Unplaced {
  const lacks = known.map(({ name: berth, free }) => {
    const rest = left.get(berth) ?? free
    const [worst] = Object.entries(asked)
      .map(([resource, amount]) => ({ resource, shortfall: amount - (rest[resource] ?? 0), amount }))
      .filter(({ shortfall }) => shortfall > 0)
      .toSorted((one, other) => other.shortfall / other.amount - one.shortfall / one.amount)
    return {
      lacks: worst?.resource ?? 'pods',
      shortfall: worst?.shortfall ?? 0,
      share: (worst?.shortfall ?? 0) / (worst?.amount ?? 1),
    }
  })
  const [nearest] = lacks.toSorted((one, other) => one.share - other.share)
  return nearest === undefined
    ? { name, lacks: 'no node that it may run on', shortfall: 0 }
    : { name, lacks: nearest.lacks, shortfall: nearest.shortfall }
}

const mayTake = ({ name, labels, taints }: Omit<Berth, 'free'>, needs: PodNeeds): boolean =>
  Object.entries(needs.nodeSelector).every(([key, value]) => labels[key] === value) &&
  (needs.terms.length === 0 || needs.terms.some((term) => matches(term, { name, labels }))) &&
  taints.every((taint) => needs.tolerations.some((toleration) => tolerates(toleration, taint)))

function matches({ requirements, names }: NodeTerm, node: { readonly name: string; readonly labels: Labels }): boolean {
  // An empty term matches nothing, as in the scheduler.
  if (requirements.length === 0 && names === undefined) return false
  if (names !== undefined && !names.includes(node.name)) return false
  return requirements.every((requirement) => {
    if (!('value' in requirement)) return meets(requirement, node.labels)
    const value = Number(node.labels[requirement.key])
    return requirement.operator === 'Gt' ? value > requirement.value : value < requirement.value
  })
}

const tolerates = ({ key, operator, value, effect }: Toleration, taint: Taint): boolean =>
  (effect === '' || effect === taint.effect) &&
  (key === '' ? operator === 'Exists' : key === taint.key && (operator === 'Exists' || value === taint.value))
