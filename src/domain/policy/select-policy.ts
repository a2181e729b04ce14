import type { Node } from '../../api/core/node.ts'
import { firstMismatch, type LabelRequirement, type Labels, meets } from '../../kernel/selector.ts'
import { isActing, type PreparedPolicy } from './prepared-policy.ts'

/** Which policy a node answers to. The others that select it get one line each. */
export type PolicySelection =
  /** The one that acts; where none does, the Observe policy that is shown. */
  | { readonly kind: 'Selected'; readonly policy: PreparedPolicy; readonly others: readonly OtherPolicy[] }
  /** Acting policies of equal priority: none of them acts. The first by name is shown. */
  | {
      readonly kind: 'Conflict'
      readonly policy: PreparedPolicy
      readonly rivals: readonly PreparedPolicy[]
      readonly others: readonly OtherPolicy[]
    }
  | { readonly kind: 'None'; readonly nearest: NearMiss | undefined }

export interface OtherPolicy {
  readonly policy: PreparedPolicy
  /** Undefined: it observes, and conflicts with nobody. */
  readonly reason: 'PolicyOutranked' | 'ConflictingPolicies' | undefined
}

export interface NearMiss {
  readonly policyName: string
  readonly requirement: LabelRequirement
  /** Undefined: the node has no such label. */
  readonly found: string | undefined
}

/** An invalid policy keeps its place: while it is being mended, no node passes to the next one. */
export function selectPolicy(policies: readonly PreparedPolicy[], node: Pick<Node, 'metadata'>): PolicySelection {
  const { labels } = node.metadata
  const selecting = policies.filter(({ selects }) => selects(labels)).toSorted(byRank)
  const [first] = selecting
  if (first === undefined) return { kind: 'None', nearest: nearestMiss(policies, labels) }

  const equals = selecting.filter(({ spec }) => isActing(spec) && spec.priority === first.spec.priority)
  const isConflict = isActing(first.spec) && equals.length > 1
  const others = selecting.slice(1).map((policy): OtherPolicy => {
    if (!isActing(policy.spec)) return { policy, reason: undefined }
    return { policy, reason: isConflict && equals.includes(policy) ? 'ConflictingPolicies' : 'PolicyOutranked' }
  })
  if (isConflict) return { kind: 'Conflict', policy: first, rivals: equals.slice(1), others }
  return { kind: 'Selected', policy: first, others }
}

/** Acting before observing, higher priority first, then by name, so that the order of a listing decides nothing. */
function byRank(left: PreparedPolicy, right: PreparedPolicy): number {
  const [leftActs, rightActs] = [isActing(left.spec), isActing(right.spec)]
  if (leftActs !== rightActs) return leftActs ? -1 : 1
  if (left.spec.priority !== right.spec.priority) return right.spec.priority - left.spec.priority
  return left.name < right.name ? -1 : 1
}

/** The policy that lacks least: what a person would have to change. */
function nearestMiss(policies: readonly PreparedPolicy[], labels: Labels): NearMiss | undefined {
  const [nearest] = policies.toSorted(
    (left, right) => missing(left, labels) - missing(right, labels) || byRank(left, right),
  )
  const requirement = nearest && firstMismatch(nearest.spec.nodeSelector, labels)
  if (nearest === undefined || requirement === undefined) return undefined
  const found = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined
  return { policyName: nearest.name, requirement, found }
}

function missing({ spec: { nodeSelector } }: PreparedPolicy, labels: Labels): number {
  const exact = Object.entries(nodeSelector.matchLabels ?? {}).filter(([key, value]) => labels[key] !== value)
  return (
    exact.length + (nodeSelector.matchExpressions ?? []).filter((requirement) => !meets(requirement, labels)).length
  )
}
