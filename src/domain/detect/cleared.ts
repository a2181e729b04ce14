import { conditionOf, type Node, type NodeCondition } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'
import { isLatched } from '../policy/latched.ts'
import { alertClaim } from './alert-claim.ts'
import { conditionClaim } from './condition-claim.ts'
import type { AlertsSeen } from './evidence.ts'
import { passesHealthCheck } from './health-check.ts'

export interface SignalCleared {
  readonly signal: string
  readonly cleared: boolean
  /** The rule, its newest evidence and the time of the treatment. */
  readonly message: string
}

interface Evidence {
  readonly node: Node
  readonly bootChanged: boolean
  readonly alerts: AlertsSeen
  readonly now: Instant
  readonly pods?: readonly Pod[]
}

/** Each kind of signal has its rule; a stale truth looks exactly like a fresh one, so what is older than the treatment is none. */
export function clearedOf(signal: Signal, evidence: Evidence, treatedAt: Instant): SignalCleared {
  const answer = judge(signal, evidence, treatedAt)
  return {
    signal: signal.name,
    cleared: answer.cleared,
    message: `${answer.message}; treated at ${rfc3339(treatedAt)}`,
  }
}

type Answer = Omit<SignalCleared, 'signal'>

function judge(signal: Signal, evidence: Evidence, treatedAt: Instant): Answer {
  const { alert, nodeCondition, clearedWhen } = signal
  if (alert !== undefined) return judgeAlert({ ...signal, alert }, evidence, treatedAt)
  if (clearedWhen !== undefined) return passesHealthCheck(clearedWhen.healthCheck, evidence, treatedAt)
  if (nodeCondition === undefined) return { cleared: false, message: 'its source is not available in this version' }
  const condition = conditionOf(evidence.node, nodeCondition.type)
  const claim = conditionClaim({ ...signal, nodeCondition }, evidence.node)
  if (condition === undefined || claim.state !== 'False') return { cleared: false, message: claim.message }
  return isLatched(signal) ? judgeLatched(condition, evidence) : judgeCondition(condition, evidence, treatedAt)
}

/** The writer of a latched condition begins anew after a boot; without one, its False is forgetfulness. */
function judgeLatched({ type, status }: NodeCondition, { bootChanged }: Evidence): Answer {
  return bootChanged
    ? { cleared: true, message: `condition ${type} is ${status} after a boot` }
    : { cleared: false, message: `condition ${type} is ${status}, but it latches and the node has not booted since` }
}

function judgeCondition(condition: NodeCondition, { bootChanged }: Evidence, treatedAt: Instant): Answer {
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

/**
 * An alert that fell silent proves nothing by itself: its rule may mute cordoned nodes, its Prometheus may be dead. Until the
 * evaluation of rules can be read, the check that the policy names must pass as well.
 */
function judgeAlert(
  signal: Signal & { readonly alert: NonNullable<Signal['alert']> },
  evidence: Evidence,
  treatedAt: Instant,
): Answer {
  const { alerts, now, node } = evidence
  if (alerts.kind === 'Unavailable') return { cleared: false, message: alerts.message }
  if (alerts.at <= treatedAt) {
    return { cleared: false, message: `Alertmanager was last heard at ${rfc3339(alerts.at)}, before the treatment` }
  }
  const claim = alertClaim(signal, node.metadata.name, { seen: alerts, ageMs: now - alerts.at })
  if (claim.state !== 'False') return { cleared: false, message: claim.message }
  if (signal.clearedWhen === undefined) {
    return { cleared: false, message: `${claim.message}, but nothing shows that its rule was evaluated since` }
  }
  const check = passesHealthCheck(signal.clearedWhen.healthCheck, evidence, treatedAt)
  return { cleared: check.cleared, message: `${claim.message}; ${check.message}` }
}
