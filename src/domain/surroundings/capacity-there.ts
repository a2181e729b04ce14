import { type Node, readyStatus } from '../../api/core/node.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { unreachable } from '../../kernel/assert.ts'
import { type Figures, isServing } from '../budget/figures.ts'
import { hold, pass } from '../budget/gates.ts'
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
}

/** First whether enough nodes stay, then whether the pods fit on them. */
export function capacityThere(view: CapacityView): GateAnswer {
  const { figures, node, promised, minHealthy, policyName } = view
  if (figures.kind === 'Doubtful') return unknown(figures.message)
  const left = figures.policy.healthy - promised - (isServing(node) ? 1 : 0)
  const numbers = { healthyLeft: left, minHealthy, selected: figures.policy.selected }
  if (left < minHealthy) {
    const nodes = `${Math.max(0, left)} of ${figures.policy.selected} nodes of ${policyName}`
    const message = `after this cordon ${nodes} are Ready and schedulable, minHealthy is ${minHealthy}`
    return hold('CapacityThere', 'TooFewHealthy', {
      message,
      numbers,
      unblockedBy: 'more nodes of the policy are Ready',
    })
  }
  return roomFor(view, numbers)
}

function roomFor({ node, treatment, room }: CapacityView, numbers: Readonly<Record<string, number>>): GateAnswer {
  if (treatment !== undefined && skipsDrain(treatment, node))
    return pass('CapacityThere', `rung ${treatment.name} moves no pods`, numbers)
  if (room.kind === 'Unknown') return unknown(room.message)
  const { placed, unplaced, headroomMilliCpu } = room.placement
  const all = placed + unplaced.length
  const figures = { ...numbers, pods: all, unplaced: unplaced.length, headroomMilliCpu }
  const [worst] = unplaced
  if (worst === undefined)
    return pass('CapacityThere', `${all} pods fit on other nodes, ${headroomMilliCpu}m of CPU stay free`, figures)
  if (room.growingPool !== undefined) {
    const message = `${placed} of ${all} pods fit on other nodes; for the rest pool ${room.growingPool} brings a node like this one`
    return pass('CapacityThere', message, figures)
  }
  const lacks =
    worst.shortfall > 0 ? `${worst.lacks} is short by ${worst.shortfall}${unitOf(worst.lacks)}` : worst.lacks
  const others = unplaced.length === 1 ? '' : `, and ${unplaced.length - 1} more`
  return hold('CapacityThere', 'InsufficientCapacity', {
    message: `${unplaced.length} of ${all} pods would not fit on other nodes: ${worst.name} (${lacks})${others}`,
    numbers: figures,
    unblockedBy: 'more capacity, or smaller requests',
  })
}

const unknown = (message: string): GateAnswer =>
  hold('CapacityThere', 'CapacityUnknown', { message, unblockedBy: 'it can be read' })

const unitOf = (resource: string): string =>
  resource === 'cpu' ? 'm' : resource === 'memory' || resource === 'ephemeral-storage' ? ' bytes' : ''

/** Whether the rung leaves the pods of the node, as it stands now, where they are. */
export function skipsDrain({ drain }: Pick<Treatment, 'drain'>, node: Pick<Node, 'conditions'>): boolean {
  switch (drain.mode) {
    case 'Full':
      return false
    case 'Skip':
      return true
    case 'SkipIfNotReady':
      return readyStatus(node) !== 'True'
    default:
      return unreachable(drain.mode)
  }
}
