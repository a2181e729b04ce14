import { conditionOf, type Node, type NodeCondition } from '../../api/core/node.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { seconds } from '../../kernel/time.ts'
import { conditionFreshnessSecondsDefault, type SignalClaim } from './evidence.ts'

type ConditionSource = NonNullable<Signal['nodeCondition']>

type ConditionSignal = Pick<Signal, 'name' | 'freshnessSeconds'> & { readonly nodeCondition: ConditionSource }

/** Whether a condition of the node is in its trouble state. Its age is not asked: a live read is as fresh as it gets. */
export function conditionClaim({ name, nodeCondition }: ConditionSignal, node: Node): SignalClaim {
  const { type, status } = nodeCondition
  const condition = conditionOf(node, type)
  if (condition === undefined) {
    return { name, state: 'Unknown', reason: 'SignalMissing', message: `nobody has reported the condition ${type}` }
  }
  const message = describeCondition(condition)
  if (condition.status === status)
    return { name, state: 'True', reason: undefined, message, saidSince: condition.lastTransitionTime }
  if (condition.status === 'Unknown') return { name, state: 'Unknown', reason: 'SignalStale', message }
  return { name, state: 'False', reason: undefined, message }
}

/** The same, but Unknown where the writer of the condition has fallen silent. */
export function freshConditionClaim(signal: ConditionSignal, node: Node, silentMs: number | undefined): SignalClaim {
  const claim = conditionClaim(signal, node)
  const condition = conditionOf(node, signal.nodeCondition.type)
  const freshnessSeconds = freshnessSecondsOf(signal)
  if (condition === undefined || isWordOfControlPlane(condition)) return claim
  if (silentMs === undefined || silentMs <= seconds(freshnessSeconds)) return claim
  const heard =
    condition.lastHeartbeatTime === undefined ? 'no heartbeat' : `last heartbeat ${condition.lastHeartbeatTime}`
  const message = `condition ${condition.type}: ${heard}, older than ${freshnessSeconds}s; it said ${condition.status}`
  return { name: claim.name, state: 'Unknown', reason: 'SignalStale', message: safeText(message, 512) }
}

export const freshnessSecondsOf = ({ freshnessSeconds }: Pick<Signal, 'freshnessSeconds'>): number =>
  freshnessSeconds ?? conditionFreshnessSecondsDefault

/**
 * What the control plane itself says is as fresh as our watch: it notices the silence of a kubelet within a minute, and nobody
 * repeats it. Network plugins write NetworkUnavailable once and never again.
 */
export const isWordOfControlPlane = ({ type, status, reason }: NodeCondition): boolean =>
  (type === 'Ready' && status === 'Unknown') || reason.startsWith('NodeStatus') || type === 'NetworkUnavailable'

/** What the node or its agents wrote is hostile text. */
function describeCondition({ type, status, reason, message }: NodeCondition): string {
  const because = [reason, message].filter((part) => part !== '').join(': ')
  return safeText(`condition ${type} is ${status}${because === '' ? '' : ` (${because})`}`, 512)
}
