import type { DisruptionBudget } from '../../api/core/neighbours.ts'
import {
  controllerOf,
  isDaemonPod,
  isFinished,
  isMirror,
  isNodeJob,
  isTerminating,
  keepsData,
  ownersVeto,
  type Pod,
} from '../../api/core/pod.ts'
import { stuckAfterGraceMs } from '../../api/pacing.ts'
import type { DrainRules } from '../../api/v1alpha1/treatment.ts'
import { type Instant, later, parseTime, rfc3339 } from '../../kernel/time.ts'
import { isLetGo, refusedBy } from './pod-budgets.ts'

/** What a drain does about each class of pods. Stays: it is no part of it. Blocked: somebody has to change something first. */
const classes = {
  DaemonSet: 'Stays',
  MirrorPod: 'Stays',
  NodeJob: 'Stays',
  Finished: 'Stays',
  FinalizerLeft: 'Stays',
  Evictable: 'Waits',
  Terminating: 'Leaves',
  StuckFinalizer: 'Blocked',
  StuckTerminating: 'Blocked',
  UnmanagedPods: 'Blocked',
  DoNotDisrupt: 'Blocked',
  LocalDataAtRisk: 'Blocked',
  NamespaceTerminating: 'Blocked',
  DrainBlocked: 'Blocked',
} as const satisfies Readonly<Record<string, 'Stays' | 'Waits' | 'Leaves' | 'Blocked'>>

export type PodClass = keyof typeof classes

export interface Classified {
  readonly class: PodClass
  /** One sentence, the same for all pods that share the cause. */
  readonly message: string
  /** Of a pod that is going: when its grace ends. */
  readonly until?: Instant
}

/** What the API server last said of an eviction. */
export interface Refusal {
  readonly kind: 'RefusedByBudget' | 'Blocked' | 'NamespaceTerminating' | 'Accepted'
  readonly message: string
  /** How long ago it was said, on our own monotonic clock. */
  readonly agoMs: number
  /** How long the API server asked to wait with the next try. Left out: it named no time. */
  readonly patienceMs?: number
}

export interface PodView {
  readonly now: Instant
  readonly rules: DrainRules
  /** The budgets that an eviction of the pod asks, as far as they are known. */
  readonly own: readonly DisruptionBudget[]
  readonly refusal: Refusal | undefined
  /** Whether a no that is known of budgets is the answer. Otherwise a pod that nobody has refused waits its turn. */
  readonly trustsBudgets: boolean
}

export const dealOf = ({ class: podClass }: Classified): (typeof classes)[PodClass] => classes[podClass]

/** Every pod of a node is in exactly one class. */
export function classOf(pod: Pod, view: PodView): Classified {
  return stays(pod, view) ?? goes(pod, view) ?? keptBack(pod, view) ?? refused(pod, view) ?? evictable
}

const evictable: Classified = { class: 'Evictable', message: 'nothing is in its way' }

function stays(pod: Pod, { now }: PodView): Classified | undefined {
  if (isMirror(pod)) return { class: 'MirrorPod', message: 'the kubelet runs it from a file of the node' }
  if (isDaemonPod(pod)) return { class: 'DaemonSet', message: 'its DaemonSet would bring it back to this node' }
  if (isNodeJob(pod)) return { class: 'NodeJob', message: 'it is a job of this operator' }
  if (!isFinished(pod)) return undefined
  if (isTerminating(pod) && isStuck(pod, now))
    return { class: 'FinalizerLeft', message: `its containers have ended, ${holders(pod)}` }
  return { class: 'Finished', message: 'its containers have ended' }
}

function goes(pod: Pod, { now }: PodView): Classified | undefined {
  if (!isTerminating(pod)) return undefined
  const until = graceEndOf(pod, now)
  if (!isStuck(pod, now)) return { class: 'Terminating', message: `it has until ${rfc3339(until)} to stop`, until }
  return pod.metadata.finalizers.length > 0
    ? { class: 'StuckFinalizer', message: `its grace is over, and ${holders(pod)}` }
    : { class: 'StuckTerminating', message: 'its grace is over, and the kubelet does not say that it has stopped' }
}

/** The API server sets the timestamp to the end of the grace. */
const graceEndOf = ({ metadata }: Pod, now: Instant): Instant => parseTime(metadata.deletionTimestamp) ?? now

const isStuck = (pod: Pod, now: Instant): boolean => now > later(graceEndOf(pod, now), stuckAfterGraceMs)

const holders = ({ metadata: { finalizers } }: Pod): string =>
  finalizers.length === 0
    ? 'its object is still there'
    : `finalizer ${finalizers.toSorted().join(' and ')} keeps its object`

/** By its owner, or for the sake of what it holds. */
function keptBack(pod: Pod, { rules }: PodView): Classified | undefined {
  if (controllerOf(pod) === undefined)
    return { class: 'UnmanagedPods', message: 'no controller would bring the pod back elsewhere' }
  const veto = rules.doNotDisrupt === 'Honor' ? ownersVeto(pod) : undefined
  if (veto !== undefined) return { class: 'DoNotDisrupt', message: `its owner forbids it: ${veto}` }
  if (rules.localVolumes === 'Evict' || !keepsData(pod)) return undefined
  const volumes = [...new Set(pod.localVolumes)].toSorted().join(' and ')
  return {
    class: 'LocalDataAtRisk',
    message: `it keeps data on the node (${volumes}), and nobody has agreed to lose it`,
  }
}

/** What is known of the budgets says more than a refusal does: one that they do not explain has its own words. */
function refused(pod: Pod, { own, refusal, trustsBudgets }: PodView): Classified | undefined {
  if (refusal?.kind === 'NamespaceTerminating') return { class: refusal.kind, message: refusal.message }
  const isRefused = refusal !== undefined && refusal.kind !== 'Accepted'
  if (isLetGo(pod, own)) return isRefused ? { class: 'DrainBlocked', message: refusal.message } : undefined
  const { message, isForEver } = refusedBy(pod, own)
  if (!isRefused && !isForEver && !trustsBudgets) return undefined
  return { class: 'DrainBlocked', message: isForEver ? `${message}; it can never be met` : message }
}
