import { conditionOf, type Node } from '../../api/core/node.ts'
import { isDaemonPod, isFinished, isTerminating, type Pod } from '../../api/core/pod.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'

export type HealthCheck = NonNullable<Signal['clearedWhen']>['healthCheck']

interface Evidence {
  readonly node: Node
  readonly bootChanged: boolean
  readonly pods?: readonly Pod[] | undefined
  readonly treatedAt: Instant
}

/**
 * An independent look at one part of the node. Kubelet: it has said Ready since the treatment. Runtime: that, and the pods of
 * every DaemonSet run, which takes a runtime. Network: that, and nobody calls the network unavailable; their probes cross it.
 */
export function passesHealthCheck(
  check: HealthCheck,
  evidence: Evidence,
): { readonly cleared: boolean; readonly message: string } {
  const problem =
    kubeletProblem(evidence) ??
    (check === 'Network' ? networkProblem(evidence.node) : undefined) ??
    (check === 'Kubelet' ? undefined : daemonProblem(evidence.pods))
  return problem === undefined
    ? { cleared: true, message: `the check ${check} passes` }
    : { cleared: false, message: `the check ${check} does not pass: ${problem}` }
}

function kubeletProblem({ node, bootChanged, treatedAt }: Evidence): string | undefined {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status !== 'True') return `Ready is ${ready?.status ?? 'missing'}`
  const said = [ready.lastHeartbeatTime, ready.lastTransitionTime].map(parseTime)
  const isNewer = bootChanged || said.some((time) => time !== undefined && time > treatedAt)
  return isNewer ? undefined : 'Ready was said before the treatment'
}

/** Healthy is False in the words of Kubernetes and True in those of the EKS agent. */
function networkProblem(node: Node): string | undefined {
  const unavailable = conditionOf(node, 'NetworkUnavailable')?.status ?? 'False'
  if (unavailable !== 'False') return `NetworkUnavailable is ${unavailable}`
  const ready = conditionOf(node, 'NetworkingReady')?.status ?? 'True'
  return ready === 'True' ? undefined : `NetworkingReady is ${ready}`
}

function daemonProblem(pods: readonly Pod[] | undefined): string | undefined {
  if (pods === undefined) return 'the pods of the node were not read'
  const names = unreadyDaemons(pods)
  return names.length === 0
    ? undefined
    : `${names.length} DaemonSet pods are not ready, such as ${names.slice(0, 3).join(', ')}`
}

/** Names of the DaemonSet pods that ought to serve the node and do not. In the place of one that has ended, or goes, comes another. */
export const unreadyDaemons = (pods: readonly Pod[]): readonly string[] =>
  pods
    .filter((pod) => isDaemonPod(pod) && !isFinished(pod) && !isTerminating(pod) && pod.ready !== 'True')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .toSorted()
