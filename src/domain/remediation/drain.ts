import { controllerOf, isTerminating, type Pod, staysInDrain } from '../../api/core/pod.ts'
import { blockedRetryMs, evictionRetryMs, evictionsInFlightMax } from '../../api/pacing.ts'
import type { DrainState } from '../../api/v1alpha1/node-remediation.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { Command } from './decision.ts'
import type { Observation, Refusal } from './observation.ts'

/** Pods of the node by what the drain has to do with them. */
export interface Drain {
  /** Have to leave and have not been accepted yet. */
  readonly waiting: readonly Pod[]
  /** Accepted by the API server, not gone yet. */
  readonly terminating: readonly Pod[]
  /** Cannot be moved until somebody changes something. */
  readonly blocked: readonly { readonly pod: Pod; readonly reason: string; readonly message: string }[]
  /** DaemonSet, mirror and finished pods, and our own node jobs: they stay. */
  readonly skipped: readonly Pod[]
}

export function drainOf({ pods, refusals }: Pick<Observation, 'pods' | 'refusals'>): Drain {
  const skipped = pods.filter(staysInDrain)
  const leaving = pods.filter((pod) => !staysInDrain(pod))
  const terminating = leaving.filter(isTerminating)
  const rest = leaving.filter((pod) => !isTerminating(pod))
  const blocked = rest.flatMap((pod) => blockedBecause(pod, refusals[pod.metadata.uid]))
  const isBlocked = new Set(blocked.map(({ pod }) => pod.metadata.uid))
  return { skipped, terminating, blocked, waiting: rest.filter(({ metadata }) => !isBlocked.has(metadata.uid)) }
}

export const isDrained = ({ waiting, terminating, blocked }: Drain): boolean =>
  waiting.length + terminating.length + blocked.length === 0

function blockedBecause(pod: Pod, refusal: Refusal | undefined): Drain['blocked'] {
  if (controllerOf(pod) === undefined) {
    return [{ pod, reason: 'UnmanagedPods', message: 'no controller would bring the pod back elsewhere' }]
  }
  if (refusal === undefined || refusal.kind === 'Accepted') return []
  const reason = refusal.kind === 'NamespaceTerminating' ? refusal.kind : 'DrainBlocked'
  return [{ pod, reason, message: refusal.message }]
}

/**
 * Least important first, pods with data on this node last of all. What is refused is asked for again after a while, longer where
 * somebody has to change a budget first or the API server says so, and holds up nobody else. A pod without a controller is never
 * evicted: nobody would bring it back.
 */
export function evictions(drain: Drain, { refusals }: Pick<Observation, 'refusals'>): readonly Command[] {
  const refused = drain.blocked.filter(({ reason, pod }) => {
    const refusal = refusals[pod.metadata.uid]
    return reason !== 'UnmanagedPods' && refusal !== undefined && refusal.agoMs >= patienceWith(refusal)
  })
  const due = [
    ...drain.waiting.filter((pod) => !wasJustAsked(refusals[pod.metadata.uid])),
    ...refused.map(({ pod }) => pod),
  ]
  const movable =
    due.some((pod) => pod.localVolumes.length === 0) || drain.waiting.some((pod) => pod.localVolumes.length === 0)
  const wave = movable ? due.filter((pod) => pod.localVolumes.length === 0) : due
  const room = Math.max(0, evictionsInFlightMax - drain.terminating.length)
  return wave.toSorted(leastImportantFirst).slice(0, room).map(evict)
}

const patienceWith = ({ kind, patienceMs = 0 }: Refusal): number =>
  Math.max(patienceMs, kind === 'Blocked' ? blockedRetryMs : evictionRetryMs)

const wasJustAsked = (refusal: Refusal | undefined): boolean => refusal !== undefined && refusal.agoMs < evictionRetryMs

const leastImportantFirst = (left: Pod, right: Pod): number =>
  left.priority - right.priority || (nameOf(left) < nameOf(right) ? -1 : 1)

const evict = ({ metadata: { namespace, name, uid } }: Pod): Command => ({ kind: 'Evict', namespace, pod: name, uid })

const nameOf = ({ metadata: { namespace, name } }: Pod): string => `${namespace}/${name}`

const reasonsMax = 5
const podsPerReasonMax = 3

/** For people: counts, and the top reasons with a few pods each. `total` is the largest number that had to leave. */
export function drainState(drain: Drain, before: DrainState | undefined): DrainState {
  const left = drain.waiting.length + drain.terminating.length + drain.blocked.length
  const total = Math.max(before?.total ?? 0, left)
  const groups = Map.groupBy(drain.blocked, ({ reason, message }) => `${reason} ${message}`)
  const blocked = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const pods = group.map(({ pod }) => nameOf(pod)).toSorted()
    return [
      {
        reason: first.reason,
        message: safeText(first.message, 512),
        pods: pods.slice(0, podsPerReasonMax),
        count: group.length,
      },
    ]
  })
  const worst = blocked.toSorted((one, other) => other.count - one.count || (one.message < other.message ? -1 : 1))
  return {
    total,
    gone: total - left,
    terminating: drain.terminating.length,
    blocked: worst.slice(0, reasonsMax),
    skipped: drain.skipped.length,
  }
}
