import type { Node } from '../../api/core/node.ts'
import type { GateReason } from '../../api/gates.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { parseTime, seconds } from '../../kernel/time.ts'
import { judgeCause } from '../detect/live-cause.ts'
import type { Observation } from './observation.ts'

/** What a live read says of the cause. A manual run has none to judge: a person has looked. */
export function liveCause(seen: Observation, node: Node): ReturnType<typeof judgeCause> {
  const { cause, requestedBy } = seen.run.spec
  if (requestedBy !== undefined) return { verdict: 'True', message: `asked for by ${requestedBy}` }
  const kubeletAlive = renewedWithin(seen, aliveMaxMs) ? seen.leaseRenewTime : undefined
  return judgeCause(cause, {
    node,
    bootChanged: false,
    sources: seen.sources,
    now: seen.now,
    mono: seen.mono,
    kubeletAlive,
  })
}

/** Three renewals; the control plane waits for five before it calls a kubelet silent. */
const aliveMaxMs = seconds(30)

/**
 * By our own watch where we have seen it renewed. Otherwise by what the kubelet wrote: where its clock is wrong that says nothing,
 * or for that long too much.
 */
export function renewedWithin({ leaseRenewTime, leaseMovedMs, now }: Observation, ms: number): boolean {
  if (leaseMovedMs !== undefined && leaseMovedMs < ms) return true
  const renewedAt = parseTime(leaseRenewTime)
  return renewedAt !== undefined && Math.abs(now - renewedAt) < ms
}

/** Class Load: once the node is cordoned, what our own drain carries away is no recovery, and no loss of evidence either. */
const isOwnRelief = ({ run, step }: Observation): boolean => run.spec.cause.class === 'Load' && step.attempted

/**
 * Asked on live reads before whatever disrupts: nothing has disturbed this process, and what justified the run is still known. An
 * Unknown cause is no cause, and no recovery.
 */
export function causeKnown(seen: Observation): GateAnswer {
  const { frozen, node } = seen
  if (frozen !== undefined) return unknown(frozen.reason, frozen.message, 'some seconds without another disturbance')
  if (node.kind !== 'Present' || isOwnRelief(seen)) return known('the cause need not be seen any more')
  const { verdict, message, reason } = liveCause(seen, node.node)
  return verdict === 'Unknown' ? unknown(reason ?? 'SignalMissing', message, 'newer evidence') : known(message)
}

const known = (message: string): GateAnswer => ({ gate: 'SignalFresh', result: 'Pass', reason: 'SignalFresh', message })

const unknown = (reason: GateReason<'SignalFresh'>, message: string, unblockedBy: string): GateAnswer => ({
  gate: 'SignalFresh',
  result: 'Unknown',
  reason,
  message,
  unblockedBy,
})

/** A Fault that is no longer there. */
export const hasRecoveredAlone = (seen: Observation, node: Node): boolean =>
  !isOwnRelief(seen) && liveCause(seen, node).verdict === 'False'
