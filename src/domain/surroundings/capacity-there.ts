import { type Node, readyStatus } from '../../api/core/node.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { drainModeOf, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { unreachable } from '../../kernel/assert.ts'
import { type Figures, isServing } from '../budget/figures.ts'
import { hold, pass } from '../budget/gates.ts'
import type { ActorsSeen } from './actors-seen.ts'
import type { Placement } from './placement.ts'

/** Whether the pods that would leave find a place. */
export type RoomSeen =
  | { readonly kind: 'Unknown'; readonly message: string }
  | {
      readonly kind: 'Known'
      readonly placement: Placement
      /** The pool that brings another node like this one when pods wait for a place. Undefined: none does. */
      readonly growingPool: string | undefined
    }

/** The pool that brings another node like this one. Undefined: none does, or nobody knows which of several. */
export function growingPool([claim, second]: ActorsSeen['claims']): string | undefined {
  return second === undefined && claim?.nodePool !== '' ? claim?.nodePool : undefined
}

/** Of the nodes those whose loss nobody would make good: where a pool grows again no spare is needed. */
export const sparesAmong = (
  nodes: readonly Node[],
  claimsOf: (nodeName: string) => ActorsSeen['claims'],
): readonly Node[] => nodes.filter(({ metadata: { name } }) => growingPool(claimsOf(name)) === undefined)

/** What would become of the pods if further nodes were lost after the drain. */
export interface SpareSeen {
  /** `limits.spareNodes`. */
  readonly asked: number
  /** The fullest of the policy that no pool would bring back: as many as asked, if there are so many. */
  readonly lost: readonly string[]
  /** Of all their pods, and of those of the node that is drained. */
  readonly placement: Placement
}

export interface CapacityView {
  readonly node: Node
  readonly policyName: string
  readonly minHealthy: number
  readonly figures: Figures
  /** Nodes that count as healthy and are about to be cordoned by runs that have just begun. */
  readonly promised: number
  /** The rung that would begin. */
  readonly treatment: Treatment | undefined
  readonly room: RoomSeen
  /** Undefined: the policy does not ask. */
  readonly spare: SpareSeen | undefined
}

type FloorView = Pick<CapacityView, 'figures' | 'node' | 'promised' | 'minHealthy' | 'policyName'>

/** First whether enough nodes stay, then whether the pods fit on them. */
export function capacityThere(view: CapacityView): GateAnswer {
  const floor = enoughStay(view)
  return floor.result === 'Pass' ? roomFor(view, floor.numbers ?? {}) : floor
}

/** The floor alone: what may have fallen while a run was on its way, and what nobody has looked at whom a person has sent. */
export function enoughStay({ figures, node, promised, minHealthy, policyName }: FloorView): GateAnswer {
  if (figures.kind === 'Doubtful') return unknown(figures.message)
  const left = figures.policy.healthy - promised - (isServing(node) ? 1 : 0)
  const numbers = { healthyLeft: left, minHealthy, selected: figures.policy.selected }
  const nodes = `${Math.max(0, left)} of ${figures.policy.selected} nodes of ${policyName}`
  const message = `after this cordon ${nodes} are Ready and schedulable, minHealthy is ${minHealthy}`
  if (left >= minHealthy) return pass('CapacityThere', message, numbers)
  return hold('CapacityThere', 'TooFewHealthy', { message, numbers, unblockedBy: 'more nodes of the policy are Ready' })
}

function roomFor(view: CapacityView, numbers: Readonly<Record<string, number>>): GateAnswer {
  const { node, treatment, room } = view
  if (treatment !== undefined && skipsDrain(treatment, node))
    return pass('CapacityThere', `rung ${treatment.name} moves no pods`, numbers)
  if (room.kind === 'Unknown') return unknown(room.message)
  const { placed, unplaced, headroomMilliCpu } = room.placement
  const all = placed + unplaced.length
  const figures = { ...numbers, pods: all, unplaced: unplaced.length, headroomMilliCpu }
  const [worst] = unplaced
  if (worst === undefined) {
    const fit = `${all} pods fit on other nodes, ${headroomMilliCpu}m of CPU stay free`
    return spareFor(view, fit, figures)
  }
  if (room.growingPool !== undefined) {
    const message = `${placed} of ${all} pods fit on other nodes; for the rest pool ${room.growingPool} brings a node like this one`
    return pass('CapacityThere', message, figures)
  }
  return hold('CapacityThere', 'InsufficientCapacity', {
    message: `${unplaced.length} of ${all} pods would not fit on other nodes: ${shortOf(room.placement)}`,
    numbers: figures,
    unblockedBy: 'more capacity, or smaller requests',
  })
}

/** N+1: whether the next losses could be borne as well. A pool that grows brings room for them too. */
function spareFor({ room, spare }: CapacityView, fit: string, figures: Readonly<Record<string, number>>): GateAnswer {
  const grows = room.kind === 'Known' && room.growingPool !== undefined
  if (spare === undefined || spare.lost.length === 0 || grows) return pass('CapacityThere', fit, figures)
  const { asked, lost, placement } = spare
  const names = lost.join(' and ')
  const numbers = { ...figures, spareNodes: asked, unplaced: placement.unplaced.length }
  if (placement.unplaced.length === 0) {
    const message = `${fit}; so do those of ${names}, should ${lost.length === 1 ? 'it' : 'they'} be lost`
    return pass('CapacityThere', message, numbers)
  }
  const all = placement.placed + placement.unplaced.length
  const left = `${placement.unplaced.length} of ${all} pods without a place: ${shortOf(placement)}`
  return hold('CapacityThere', 'InsufficientCapacity', {
    message: `after this drain the loss of ${names} would leave ${left}; spareNodes is ${asked}`.slice(0, 1_024),
    numbers,
    unblockedBy: 'more capacity, or a smaller spareNodes',
  })
}

function shortOf({ unplaced }: Placement): string {
  const [worst] = unplaced
  if (worst === undefined) return 'none'
  const { name, lacks, shortfall } = worst
  const short = shortfall > 0 ? `${lacks} is short by ${shortfall}${unitOf(lacks)}` : lacks
  return `${name} (${short})${unplaced.length === 1 ? '' : `, and ${unplaced.length - 1} more`}`
}

const unknown = (message: string): GateAnswer =>
  hold('CapacityThere', 'CapacityUnknown', { message, unblockedBy: 'it can be read' })

const unitOf = (resource: string): string =>
  resource === 'cpu' ? 'm' : resource === 'memory' || resource === 'ephemeral-storage' ? ' bytes' : ''

/** Whether the rung leaves the pods of the node, as it stands now, where they are. */
export function skipsDrain(treatment: Treatment, node: Pick<Node, 'conditions'>): boolean {
  const mode = drainModeOf(treatment)
  switch (mode) {
    case 'Full':
      return false
    case 'Skip':
      return true
    case 'SkipIfNotReady':
      return readyStatus(node) !== 'True'
    default:
      return unreachable(mode)
  }
}
