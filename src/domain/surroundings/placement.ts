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

/** Nodes that may take pods, the roomiest first: put in order once, for the questions of a whole storm. */
export class Berths {
  readonly list: readonly Berth[]
  readonly freeMilliCpu: number
  readonly #byName: ReadonlyMap<string, Berth>

  constructor(berths: readonly Berth[]) {
    this.list = berths.toSorted((left, right) => cpuOf(right.free) - cpuOf(left.free))
    this.freeMilliCpu = this.list.reduce((sum, { free }) => sum + Math.max(0, cpuOf(free)), 0)
    this.#byName = new Map(berths.map((berth) => [berth.name, berth]))
  }

  get(name: string): Berth | undefined {
    return this.#byName.get(name)
  }
}

/**
 * First fit, the largest first, on what is left after requests. Labels, required node affinity and taints are respected; spread,
 * affinity between pods and volumes are not modelled. `closed`: names of berths that take nobody.
 */
export function place(leavers: readonly Leaver[], berths: Berths, closed: ReadonlySet<string>): Placement {
  const left = new Map<string, Quantities>()
  /** Only for needs that one leaver did not find met: the others with these needs search nowhere else. */
  const suited = new Map<PodNeeds, readonly Berth[]>()
  const unplaced: Unplaced[] = []
  for (const { name, needs } of leavers.toSorted(largestFirst)) {
    const asked = { ...needs.requests, pods: 1 }
    const isOpen = (berth: Berth): boolean => !closed.has(berth.name) && mayTake(berth, needs)
    const berth = firstFit(suited.get(needs) ?? berths.list, { asked: positive(asked), left, isOpen })
    if (berth !== undefined) left.set(berth.name, without(left.get(berth.name) ?? berth.free, asked))
    else {
      const known = suited.get(needs) ?? berths.list.filter(isOpen)
      suited.set(needs, known)
      unplaced.push({ name, ...lackOf(positive(asked), { known, left }) })
    }
  }
  const headroomMilliCpu = headroomOf(berths, { closed, left })
  return { placed: leavers.length - unplaced.length, unplaced, headroomMilliCpu }
}

type Left = ReadonlyMap<string, Quantities>

/** What is asked of each resource; what asks for nothing fits anywhere. */
type Asked = readonly (readonly [resource: string, amount: number])[]

const positive = (asked: Quantities): Asked => Object.entries(asked).filter(([, amount]) => amount > 0)

const cpuOf = (quantities: Quantities): number => quantities['cpu'] ?? 0

const largestFirst = (left: Leaver, right: Leaver): number =>
  cpuOf(right.needs.requests) - cpuOf(left.needs.requests) ||
  (right.needs.requests['memory'] ?? 0) - (left.needs.requests['memory'] ?? 0) ||
  (left.name < right.name ? -1 : 1)

interface Search {
  readonly asked: Asked
  readonly left: Left
  readonly isOpen: (berth: Berth) => boolean
}

function firstFit(berths: readonly Berth[], { asked, left, isOpen }: Search): Berth | undefined {
  const cpu = asked.find(([resource]) => resource === 'cpu')?.[1] ?? Number.NEGATIVE_INFINITY
  for (const berth of berths) {
    // They come with the most CPU first, and what has been taken since makes none of them roomier.
    if (cpuOf(berth.free) < cpu) return undefined
    if (fits(asked, left.get(berth.name) ?? berth.free) && isOpen(berth)) return berth
  }
  return undefined
}

const fits = (asked: Asked, free: Quantities): boolean =>
  asked.every(([resource, amount]) => amount <= (free[resource] ?? 0))

const without = (free: Quantities, asked: Quantities): Quantities => ({
  ...free,
  ...Object.fromEntries(Object.entries(asked).map(([resource, amount]) => [resource, (free[resource] ?? 0) - amount])),
})

/** From the sum over all: a storm has five thousand berths, and each question changes a few. */
function headroomOf(
  berths: Berths,
  { closed, left }: { readonly closed: ReadonlySet<string>; readonly left: Left },
): number {
  const freeOf = (name: string): number => Math.max(0, cpuOf(berths.get(name)?.free ?? {}))
  let headroom = berths.freeMilliCpu
  for (const name of closed) headroom -= freeOf(name)
  for (const [name, free] of left) headroom += Math.max(0, cpuOf(free)) - freeOf(name)
  return headroom
}

interface Searched {
  readonly known: readonly Berth[]
  readonly left: Left
}

/** Measured at the node that lacks least: the resource that it lacks most, for what was asked. */
function lackOf(asked: Asked, { known, left }: Searched): Omit<Unplaced, 'name'> {
  let nearest = { lacks: 'no node that it may run on', shortfall: 0, share: Number.POSITIVE_INFINITY }
  for (const berth of known) {
    const lack = worstLack(asked, left.get(berth.name) ?? berth.free)
    if (lack.share < nearest.share) nearest = lack
  }
  return { lacks: nearest.lacks, shortfall: nearest.shortfall }
}

function worstLack(asked: Asked, free: Quantities): { lacks: string; shortfall: number; share: number } {
  let worst = { lacks: 'pods', shortfall: 0, share: 0 }
  for (const [resource, amount] of asked) {
    const shortfall = amount - (free[resource] ?? 0)
    if (shortfall / amount > worst.share) worst = { lacks: resource, shortfall, share: shortfall / amount }
  }
  return worst
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
