import { conditionOf, type Node, type NodeCondition } from '../../../api/core/node.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { safeText } from '../../../kernel/hostile-text.ts'
import { type Instant, parseTime, rfc3339, seconds } from '../../../kernel/time.ts'
import { isLatched } from '../../policy/latched.ts'
import { matchesPattern } from '../../policy/pattern.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type ConditionSignal = SignalOf<'nodeCondition'>

/** Three heartbeats of five minutes. */
const freshnessSeconds = 900

export const nodeConditionSource: SourceRules<'nodeCondition'> = {
  freshnessSeconds,
  // The kubelet itself says Unknown or False while it starts.
  bootGraceSeconds: 0,
  claim: (signal, look) => contradicted(freshClaim(signal, look), signal, look),
  changesInMs: untilStale,
  cleared,
}

/** Whether the condition is in its trouble state, however old that word is. */
function standing({ nodeCondition }: ConditionSignal, node: Node): Claim {
  const { type, status, reasonMatches, writers } = nodeCondition
  const condition = conditionOf(node, type)
  if (condition === undefined)
    return { state: 'Unknown', reason: 'SignalMissing', message: `nobody has reported the condition ${type}` }
  const message = describeCondition(condition)
  if (writers !== undefined && !(condition.writers ?? []).some((name) => writers.includes(name)))
    return { state: 'Unknown', reason: 'SignalMissing', message: describeWriters(condition) }
  // Several faults may share one condition: its reason is the latest, its message may join them all.
  const isMeant = matchesPattern(reasonMatches, condition.reason, condition.message)
  if (condition.status === status && !isMeant) return { state: 'False', message: `${message}, which is not meant` }
  if (condition.status === status) return { state: 'True', message, saidSince: condition.lastTransitionTime }
  if (condition.status === 'Unknown') return { state: 'Unknown', reason: 'SignalStale', message }
  return { state: 'False', message }
}

/** The same, but Unknown where the writer of the condition has fallen silent. */
function freshClaim(signal: ConditionSignal, { node, silentMs }: Look): Claim {
  const claim = standing(signal, node)
  const condition = conditionOf(node, signal.nodeCondition.type)
  if (condition === undefined || isWordOfControlPlane(condition)) return claim
  const limit = signal.freshnessSeconds ?? freshnessSeconds
  const silent = silentMs(condition.type)
  if (silent === undefined || silent <= seconds(limit)) return claim
  const heard =
    condition.lastHeartbeatTime === undefined ? 'no heartbeat' : `last heartbeat ${condition.lastHeartbeatTime}`
  const message = `condition ${condition.type}: ${heard}, older than ${limit}s; it said ${condition.status}`
  return { state: 'Unknown', reason: 'SignalStale', message: safeText(message, 512) }
}

/** Whoever the API server has noted is not asked for a signature: names of field managers are what their programs say. */
const describeWriters = ({ type, writers = [] }: NodeCondition): string =>
  safeText(`condition ${type} is the word of ${writers.length === 0 ? 'nobody known' : writers.join(', ')}`, 512)

/**
 * The control plane calls a kubelet silent from a cache that may lag, and takes it back late. A lease that was renewed meanwhile
 * says that the node is alive: neither word counts until they agree.
 */
function contradicted(claim: Claim, { nodeCondition }: ConditionSignal, { kubeletAlive }: Look): Claim {
  const saysSilent = nodeCondition.type === 'Ready' && nodeCondition.status === 'Unknown' && claim.state === 'True'
  if (!saysSilent || kubeletAlive === undefined) return claim
  const message = `${claim.message}, but the kubelet renewed its lease at ${kubeletAlive}`
  return { state: 'Unknown', reason: 'SignalStale', message }
}

function untilStale({ nodeCondition, ...signal }: ConditionSignal, { node, silentMs }: Look): number | undefined {
  const condition = conditionOf(node, nodeCondition.type)
  if (condition === undefined || isWordOfControlPlane(condition)) return undefined
  const silent = silentMs(condition.type)
  return silent === undefined ? undefined : seconds(signal.freshnessSeconds ?? freshnessSeconds) - silent + 1
}

/**
 * What the control plane itself says is as fresh as our watch: it notices the silence of a kubelet within a minute, and nobody
 * repeats it. Network plugins write NetworkUnavailable once and never again.
 */
const isWordOfControlPlane = ({ type, status, reason }: NodeCondition): boolean =>
  (type === 'Ready' && status === 'Unknown') || reason.startsWith('NodeStatus') || type === 'NetworkUnavailable'

/** What the node or its agents wrote is hostile text. */
function describeCondition({ type, status, reason, message }: NodeCondition): string {
  const because = [reason, message].filter((part) => part !== '').join(': ')
  return safeText(`condition ${type} is ${status}${because === '' ? '' : ` (${because})`}`, 512)
}

function cleared(signal: ConditionSignal, seen: Clearing): ClearedAnswer {
  const condition = conditionOf(seen.node, signal.nodeCondition.type)
  const claim = standing(signal, seen.node)
  if (condition === undefined || claim.state !== 'False') return { cleared: false, message: claim.message }
  return isLatched(signal) ? clearedByBoot(condition, seen) : clearedByNewerWord(condition, seen)
}

/** The writer of a latched condition begins anew after a boot; without one, its False is forgetfulness. */
function clearedByBoot({ type, status }: NodeCondition, { bootChanged }: Clearing): ClearedAnswer {
  return bootChanged
    ? { cleared: true, message: `condition ${type} is ${status} after a boot` }
    : { cleared: false, message: `condition ${type} is ${status}, but it latches and the node has not booted since` }
}

function clearedByNewerWord(condition: NodeCondition, { bootChanged, treatedAt }: Clearing): ClearedAnswer {
  const { type, status } = condition
  if (bootChanged) return { cleared: true, message: `condition ${type} is ${status} after a boot` }
  const newest = newestWord(condition)
  if (newest !== undefined && newest > treatedAt) {
    return { cleared: true, message: `condition ${type} is ${status} as of ${rfc3339(newest)}` }
  }
  const said = newest === undefined ? 'without a time' : `as of ${rfc3339(newest)}`
  return {
    cleared: false,
    message: `condition ${type} is ${status} ${said}, which is no evidence from after the treatment`,
  }
}

/** Written by the node: evidence that something was said, in its own order, and never a duration. */
function newestWord({ lastHeartbeatTime, lastTransitionTime }: NodeCondition): Instant | undefined {
  const times = [parseTime(lastHeartbeatTime), parseTime(lastTransitionTime)].filter((time) => time !== undefined)
  return times.toSorted((left, right) => right - left)[0]
}
