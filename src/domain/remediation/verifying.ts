import type { Node } from '../../api/core/node.ts'
import { readyStatus } from '../../api/core/node.ts'
import { treatPollMs } from '../../api/pacing.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { unreadyDaemons } from '../detect/health-check.ts'
import { judgeCleared } from '../detect/live-cause.ts'
import { hasRecoveredAlone, renewedWithin } from './cause.ts'
import type { Decision } from './decision.ts'
import { leftMs } from './elapsed.ts'
import type { Observation } from './observation.ts'
import { isOverdue, move, nextRung, quarantine, release, stay, treatmentAt } from './outcome.ts'
import type { StepNamed } from './step.ts'

/**
 * Ready and renewing its lease for a while, required DaemonSets ready, and the original signals cleared by their own rule, with
 * evidence that is newer than the treatment. Ready alone proves nothing: the API server says so for a while after a machine died.
 */
export function decideVerifying(seen: Observation, step: StepNamed<'Verifying'>): Decision {
  const { node, now } = seen
  if (node.kind !== 'Present') return stay('the node is gone', { wakeAfterMs: treatPollMs })
  const missing = missingProof(seen, step, node.node)
  if (missing === undefined && step.stableSince === undefined) {
    const readyTime = readyTimeOf(node.node)
    const next = { ...step, stableSince: now, leaseRenewTime: seen.leaseRenewTime, readyTime }
    return move(next, 'VerificationProgressed', 'kubelet, runtime and network are healthy')
  }
  if (missing === undefined && step.stableSince !== undefined)
    return decideStable(seen, { step, node: node.node, since: step.stableSince })
  const why = missing?.message ?? 'nothing is missing'
  if (isOverdue(seen, step)) return notProven(seen, { step, node: node.node, why })
  if (step.stableSince === undefined) return stay('proof is missing', { wakeAfterMs: treatPollMs, held: missing })
  return move({ ...step, stableSince: undefined }, 'VerificationProgressed', why)
}

interface Unproven {
  readonly step: StepNamed<'Verifying'>
  readonly node: Node
  readonly why: string
}

/**
 * A cause that is gone justifies no further rung, and the next one would only be taken for late effect of this one: round and round.
 * What cannot be proven and must not be treated is for people.
 */
function notProven(seen: Observation, { step, node, why }: Unproven): Decision {
  const message = `rung ${treatmentAt(seen, step.rung).name} did not help: ${why}`
  if (!hasRecoveredAlone(seen, node)) return nextRung(seen, step.rung, message)
  return quarantine(seen, 'TreatmentsExhausted', `${message}, and the cause is gone: no further rung is justified`)
}

/** A renewal every ten seconds, and one that took its time. */
const lateMaxMs = seconds(15)

/** Beyond the time of stability, for the next renewal: three of them. */
const renewalMaxMs = seconds(30)

interface Stable {
  readonly step: StepNamed<'Verifying'>
  readonly node: Node
  readonly since: Instant
}

function decideStable(seen: Observation, { step, node, since }: Stable): Decision {
  const treatment = treatmentAt(seen, step.rung)
  const { verification, name } = treatment
  const stableMs = seconds(verification.stableSeconds)
  const waited = { since, watchedMs: seen.watched.stableMs }
  const left = leftMs(waited, stableMs, seen.now)
  if (left > 0) return stay('the node must stay healthy', { wakeAfterMs: Math.min(left, treatPollMs) })
  // One that died is called Ready until the control plane notices: only a renewal from within this time, and of late, shows life.
  if (seen.leaseRenewTime === step.leaseRenewTime || !renewedWithin(seen, lateMaxMs)) {
    const message = 'kubelet: its lease has not been renewed of late'
    if (leftMs(waited, stableMs + renewalMaxMs, seen.now) === 0)
      return move({ ...step, stableSince: undefined }, 'VerificationProgressed', message)
    return stay('proof is missing', { wakeAfterMs: treatPollMs, held: { reason: 'StillUnhealthy', message } })
  }
  const healthy = `node ${seen.run.spec.node.name} was healthy for ${verification.stableSeconds}s`
  if (step.alone || (isSameBoot(step, node) && boots(treatment)))
    return release(seen, 'RecoveredAlone', `${healthy} by itself: rung ${name} has not booted it`)
  return release(
    seen,
    treatment.relieve === undefined ? 'NodeRecovered' : 'NodeRelieved',
    `${healthy} after rung ${name}`,
  )
}

const boots = ({ reboot, powerCycle }: Treatment): boolean => reboot !== undefined || powerCycle !== undefined

/** Empty: no rung was begun, or the node did not tell. Neither shows a boot. */
const isSameBoot = ({ bootID }: StepNamed<'Verifying'>, node: Node): boolean => bootID === '' || node.bootID === bootID

/** Compared for change only: the node's own clock has written it. */
const readyTimeOf = ({ conditions }: Node): string | undefined =>
  conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime

interface Missing {
  readonly reason: 'StillUnhealthy' | 'NotCleared'
  readonly message: string
}

/** The first proof that is missing. */
function missingProof(seen: Observation, step: StepNamed<'Verifying'>, node: Node): Missing | undefined {
  const unhealthy = notHealthy(seen, step, node)
  if (unhealthy !== undefined) return { reason: 'StillUnhealthy', message: unhealthy }
  const bootChanged = step.bootID !== '' && node.bootID !== step.bootID
  const { sources, now, mono, pods } = seen
  const evidence = { node, bootChanged, sources, now, mono, pods }
  const [open] = judgeCleared(seen.run.spec.cause, evidence, step.treatedAt).filter(({ cleared }) => !cleared)
  return open && { reason: 'NotCleared', message: open.message }
}

function notHealthy(
  { leaseRenewTime, pods }: Observation,
  step: StepNamed<'Verifying'>,
  node: Node,
): string | undefined {
  if (readyStatus(node) !== 'True') return `kubelet: Ready is ${readyStatus(node)}`
  // While nobody looked it was unready in between.
  if (step.stableSince !== undefined && step.readyTime !== readyTimeOf(node))
    return 'kubelet: Ready has changed meanwhile'
  const hasRenewed = step.stableSince !== undefined || leaseRenewTime !== step.leaseRenewTime
  if (leaseRenewTime === undefined || !hasRenewed) return 'kubelet: its lease has not been renewed since'
  const network = node.conditions.find(({ type }) => type === 'NetworkUnavailable')
  if (network?.status === 'True') return `network: ${network.reason}`
  const [daemon] = unreadyDaemons(pods)
  return daemon && `runtime: DaemonSet pod ${daemon} is not ready`
}
