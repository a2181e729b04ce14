import type { DisruptionBudget } from '../../api/core/neighbours.ts'
import { controllerOf, isSafeToEvict, isTerminating, type Pod, staysInDrain } from '../../api/core/pod.ts'
import { asksBudgets, isBoundBy, mayGo, neverAllows } from './budget-arithmetic.ts'

/** What a drain of the node would meet, worked out from caches. No pod is asked to go. */
export interface DrainOutlook {
  /** Pods that would have to leave. */
  readonly pods: number
  readonly blocked: readonly Blocked[]
  readonly unmanaged: readonly string[]
  readonly localData: readonly string[]
  /** Namespaces whose budgets could not be read, with how many pods in them would be asked about. */
  readonly unreadable:
    | { readonly namespaces: readonly string[]; readonly pods: number; readonly message: string }
    | undefined
}

/** Pods that one budget, or several at once, would not let go. */
export interface Blocked {
  readonly message: string
  readonly pods: readonly string[]
  readonly numbers: Readonly<Record<string, number>>
  readonly isForEver: boolean
}

/** The budgets of the namespaces that were asked about. */
export interface BudgetsSeen {
  readonly budgets: readonly DisruptionBudget[]
  /** Why not, by namespace that could not be read. */
  readonly unread: Readonly<Record<string, string>>
}

export function drainOutlook(pods: readonly Pod[], { budgets, unread }: BudgetsSeen): DrainOutlook {
  const leaving = pods.filter((pod) => !staysInDrain(pod) && !isTerminating(pod))
  const managed = leaving.filter((pod) => controllerOf(pod) !== undefined)
  return {
    pods: leaving.length,
    blocked: blockedBy(managed, budgets),
    unmanaged: leaving
      .filter((pod) => controllerOf(pod) === undefined)
      .map(nameOf)
      .toSorted(),
    localData: managed
      .filter(keepsData)
      .map((pod) => `${nameOf(pod)} (${pod.localVolumes.join(', ')})`)
      .toSorted(),
    unreadable: unreadableOf(managed, unread),
  }
}

function unreadableOf(pods: readonly Pod[], unread: BudgetsSeen['unread']): DrainOutlook['unreadable'] {
  const asked = pods.filter((pod) => asksBudgets(pod) && Object.hasOwn(unread, pod.metadata.namespace))
  const namespaces = [...new Set(asked.map(({ metadata }) => metadata.namespace))].toSorted()
  const [first] = namespaces
  return first === undefined ? undefined : { namespaces, pods: asked.length, message: unread[first] ?? '' }
}

const keepsData = (pod: Pod): boolean => pod.localVolumes.length > 0 && !isSafeToEvict(pod)

function blockedBy(pods: readonly Pod[], budgets: readonly DisruptionBudget[]): readonly Blocked[] {
  const groups = new Map<string, { readonly budgets: readonly DisruptionBudget[]; readonly pods: Pod[] }>()
  for (const pod of pods) {
    const own = budgets.filter((budget) => isBoundBy(pod, budget))
    if (own.length === 0 || (own.length === 1 && own.every((budget) => mayGo(pod, budget)))) continue
    const key = own.map(nameOf).join(' ')
    const group = groups.get(key) ?? { budgets: own, pods: [] }
    group.pods.push(pod)
    groups.set(key, group)
  }
  return [...groups.values()].map(blockedOf)
}

function blockedOf({
  budgets,
  pods,
}: {
  readonly budgets: readonly DisruptionBudget[]
  readonly pods: readonly Pod[]
}): Blocked {
  const names = pods.map(nameOf).toSorted()
  const [budget, ...rest] = budgets
  const owner = pods[0] && controllerOf(pods[0])
  const whose = owner === undefined ? '' : ` of ${owner.kind} ${owner.name}`
  if (budget === undefined || rest.length > 0) {
    const message = `PodDisruptionBudgets ${budgets.map(nameOf).join(' and ')} bind the same pods${whose}: an eviction fails`
    return { message, pods: names, numbers: { budgets: budgets.length }, isForEver: true }
  }
  const { status } = budget
  if (status === undefined) {
    const message = `PodDisruptionBudget ${nameOf(budget)} has not been worked out yet`
    return { message, pods: names, numbers: {}, isForEver: false }
  }
  const { disruptionsAllowed: allowed, currentHealthy: healthy, desiredHealthy: needed } = status
  const isForEver = neverAllows(budget, status)
  const message = `PodDisruptionBudget ${nameOf(budget)} allows ${allowed}${whose}: ${healthy} healthy, ${needed} needed`
  return { message, pods: names, numbers: { allowed, healthy, needed }, isForEver }
}

const nameOf = ({ metadata: { namespace, name } }: Pick<Pod, 'metadata'>): string => `${namespace}/${name}`
