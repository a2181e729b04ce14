import { controllerOf, type Pod } from '../../api/core/pod.ts'
import { blockedRetryMs, evictionRetryMs, hopelessRetryMs } from '../../api/pacing.ts'
import { allowedBy, asksBudgets, goesFree } from './budget-arithmetic.ts'
import { inEvictionOrder, isOnNodeDisk, leads } from './eviction-order.ts'
import { type BudgetsSeen, budgetsOf, isLetGo } from './pod-budgets.ts'
import type { Refusal } from './pod-class.ts'

export interface WaveView {
  /** Free to go, as far as is known. */
  readonly free: readonly Pod[]
  /** Refused, or kept back by a budget: worth a question now and then. */
  readonly blocked: readonly Pod[]
  /** Accepted a moment ago. */
  readonly leaving: readonly Pod[]
  readonly budgets: BudgetsSeen
  readonly refusals: Readonly<Record<string, Refusal>>
  /** How many more may be on their way. */
  readonly room: number
  /** How many runs may be asking the same budgets right now, this one included. */
  readonly sharers: number
}

/**
 * Whom to ask for next. Never more of one budget than it allows, and nobody of one that has just said no: what a look cannot have is
 * not asked for again and again. Whoever is blocked comes after all who are free.
 */
export function waveOf(view: WaveView): readonly Pod[] {
  const free = followersFirst(disksLast(view), view)
  const asked = [...free, ...view.blocked].toSorted(
    (left, right) => Number(isHopeless(left, view)) - Number(isHopeless(right, view)) || inEvictionOrder(left, right),
  )
  const refusing = groupsThatRefuse(view)
  const taken = new Map<string, number>()
  const wave: Pod[] = []
  for (const pod of asked) {
    const group = groupOf(pod, view.budgets)
    const used = taken.get(group) ?? 0
    if (wave.length >= view.room || refusing.has(group) || used >= shareOf(pod, view)) continue
    taken.set(group, used + 1)
    wave.push(pod)
  }
  return wave
}

/** Asked for all the same: what is known of its budget may be old. */
const isHopeless = (pod: Pod, { budgets }: WaveView): boolean => !isLetGo(pod, budgetsOf(pod, budgets.budgets))

/** Data on the node leaves when nothing else is left that can. */
const disksLast = ({ free }: WaveView): readonly Pod[] =>
  free.every(isOnNodeDisk) ? free : free.filter((pod) => !isOnNodeDisk(pod))

/** A leader goes once those of its followers that can leave this node have left it: it would be asked to hand over to one of them. */
function followersFirst(pods: readonly Pod[], { free, leaving }: WaveView): readonly Pod[] {
  const followed = new Set([...free, ...leaving].filter((pod) => !leads(pod)).map(ownerOf))
  return pods.filter((pod) => !leads(pod) || !followed.has(ownerOf(pod)))
}

const ownerOf = (pod: Pod): string => controllerOf(pod)?.uid ?? pod.metadata.uid

/** Several runs that ask one budget take equal parts of it: each may ask for one at least, and the API server has the last word. */
function shareOf(pod: Pod, { budgets, sharers }: WaveView): number {
  const [budget, second] = budgetsOf(pod, budgets.budgets)
  if (budget !== undefined && (second !== undefined || !goesFree(pod, budget)))
    return Math.max(1, Math.floor(allowedBy(budget) / sharers))
  const isUnread = asksBudgets(pod) && Object.hasOwn(budgets.unread, pod.metadata.namespace)
  return isUnread ? 1 : Number.POSITIVE_INFINITY
}

/** Pods that one answer of the API server is about: those of one budget, or of one owner where no budget is known. */
function groupOf(pod: Pod, { budgets }: BudgetsSeen): string {
  const own = budgetsOf(pod, budgets).filter((budget) => !goesFree(pod, budget))
  return own.length === 0 ? `owner ${ownerOf(pod)}` : own.map(({ metadata }) => `budget ${metadata.uid}`).join()
}

const groupsThatRefuse = (view: WaveView): ReadonlySet<string> =>
  new Set(view.blocked.filter((pod) => wasJustRefused(pod, view)).map((pod) => groupOf(pod, view.budgets)))

/** Asked again less often where its budget is known to allow nobody, where somebody has to change it, or where the API server says so. */
function wasJustRefused(pod: Pod, view: WaveView): boolean {
  const refusal = view.refusals[pod.metadata.uid]
  if (refusal === undefined || refusal.kind === 'Accepted') return false
  const { kind, agoMs, patienceMs = 0 } = refusal
  const retryMs = isHopeless(pod, view) ? hopelessRetryMs : evictionRetryMs
  return agoMs < Math.max(patienceMs, kind === 'Blocked' ? blockedRetryMs : retryMs)
}
