import type { Node } from '../../api/core/node.ts'
import { judgeCause } from '../detect/live-cause.ts'
import type { Observation } from './observation.ts'

/** What a live read says of the cause. A manual run has none to judge: a person has looked. */
export function liveCause(seen: Observation, node: Node): ReturnType<typeof judgeCause> {
  const { cause, requestedBy } = seen.run.spec
  if (requestedBy !== undefined) return { verdict: 'True', message: `asked for by ${requestedBy}` }
  return judgeCause(cause, { node, bootChanged: false, alerts: seen.alerts, now: seen.now })
}

/**
 * A Fault that is no longer there. Class Load: once the node is cordoned, what our own drain carries away is no recovery, so the
 * answer is no.
 */
export function hasRecoveredAlone(seen: Observation, node: Node): boolean {
  const isOwnRelief = seen.run.spec.cause.class === 'Load' && seen.step.attempted
  return !isOwnRelief && liveCause(seen, node).verdict === 'False'
}
