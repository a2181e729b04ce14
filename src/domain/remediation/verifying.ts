import type { Node } from '../../api/core/node.ts'
import { readyStatus } from '../../api/core/node.ts'
import { isDaemonPod, isTerminating } from '../../api/core/pod.ts'
import { treatPollMs } from '../../api/pacing.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { judgeCleared } from '../detect/live-cause.ts'
import type { Decision } from './decision.ts'
import { leftMs } from './elapsed.ts'
import type { Observation } from './observation.ts'
import { isOverdue, move, nextRung, release, stay, treatmentAt } from './outcome.ts'
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
    return move({ ...step, stableSince: now }, 'VerificationProgressed', 'kubelet, runtime and network are healthy')
  }
  if (missing === undefined && step.stableSince !== undefined) return decideStable(seen, step, step.stableSince)
  const why = missing?.message ?? 'nothing is missing'
  if (isOverdue(seen, step))
    return nextRung(seen, step.rung, `rung ${treatmentAt(seen, step.rung).name} did not help: ${why}`)
  if (step.stableSince === undefined) return stay('proof is missing', { wakeAfterMs: treatPollMs, held: missing })
  return move({ ...step, stableSince: undefined }, 'VerificationProgressed', why)
}

function decideStable(seen: Observation, step: StepNamed<'Verifying'>, since: Instant): Decision {
  const { verification, name } = treatmentAt(seen, step.rung)
  const stableMs = seconds(verification.stableSeconds)
  const left = leftMs({ since, watchedMs: seen.watched.stableMs }, stableMs, seen.now)
  if (left > 0) return stay('the node must stay healthy', { wakeAfterMs: Math.min(left, treatPollMs) })
  const nodeName = seen.run.spec.node.name
  return release(
    seen,
    'NodeRecovered',
    `node ${nodeName} was healthy for ${verification.stableSeconds}s after rung ${name}`,
  )
}

interface Missing {
  readonly reason: 'StillUnhealthy' | 'NotCleared'
  readonly message: string
}

/** The first proof that is missing. */
function missingProof(seen: Observation, step: StepNamed<'Verifying'>, node: Node): Missing | undefined {
  const unhealthy = notHealthy(seen, step, node)
  if (unhealthy !== undefined) return { reason: 'StillUnhealthy', message: unhealthy }
  const bootChanged = step.bootID !== '' && node.bootID !== step.bootID
  const evidence = { node, bootChanged, alerts: seen.alerts, now: seen.now }
  const [open] = judgeCleared(seen.run.spec.cause, evidence, step.treatedAt).filter(({ cleared }) => !cleared)
  return open && { reason: 'NotCleared', message: open.message }
}

function notHealthy(
  { leaseRenewTime, pods }: Observation,
  step: StepNamed<'Verifying'>,
  node: Node,
): string | undefined {
  if (readyStatus(node) !== 'True') return `kubelet: Ready is ${readyStatus(node)}`
  if (leaseRenewTime === undefined || leaseRenewTime === step.leaseRenewTime)
    return 'kubelet: its lease has not been renewed since'
  const network = node.conditions.find(({ type }) => type === 'NetworkUnavailable')
  if (network?.status === 'True') return `network: ${network.reason}`
  const [daemon] = pods.filter((pod) => isDaemonPod(pod) && !isTerminating(pod) && pod.ready !== 'True')
  return daemon && `runtime: DaemonSet pod ${daemon.metadata.namespace}/${daemon.metadata.name} is not ready`
}
