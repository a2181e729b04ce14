import type { DisruptionBudget } from '../../api/core/neighbours.ts'
import { controllerOf, isTerminating, keepsData, ownersVeto, type Pod, staysInDrain } from '../../api/core/pod.ts'
import { asksBudgets } from '../drain/budget-arithmetic.ts'
import { type BudgetsSeen, type BudgetWords, budgetsOf, isLetGo, nameOf, refusedBy } from '../drain/pod-budgets.ts'

/** What a drain of the node would meet, worked out from caches. No pod is asked to go. */
export interface DrainOutlook {
  /** Pods that would have to leave. */
  readonly pods: number
  readonly blocked: readonly Blocked[]
  readonly unmanaged: readonly string[]
  /** Pods whose owner forbids that they are moved, each with the mark. */
  readonly vetoed: readonly string[]
  readonly localData: readonly string[]
  /** Namespaces whose budgets could not be read, with how many pods in them would be asked about. */
  readonly unreadable:
    | { readonly namespaces: readonly string[]; readonly pods: number; readonly message: string }
    | undefined
}

/** Pods that one budget, or several at once, would not let go. */
export interface Blocked extends BudgetWords {
  readonly pods: readonly string[]
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
    vetoed: managed.flatMap(vetoOn).toSorted(),
    localData: managed
      .filter(keepsData)
      .map((pod) => `${nameOf(pod)} (${pod.localVolumes.join(', ')})`)
      .toSorted(),
    unreadable: unreadableOf(managed, unread),
  }
}

function vetoOn(pod: Pod): readonly string[] {
  const veto = ownersVeto(pod)
  return veto === undefined ? [] : [`${nameOf(pod)} (${veto})`]
}

function unreadableOf(pods: readonly Pod[], unread: BudgetsSeen['unread']): DrainOutlook['unreadable'] {
  const asked = pods.filter((pod) => asksBudgets(pod) && Object.hasOwn(unread, pod.metadata.namespace))
  const namespaces = [...new Set(asked.map(({ metadata }) => metadata.namespace))].toSorted()
  const [first] = namespaces
  return first === undefined ? undefined : { namespaces, pods: asked.length, message: unread[first] ?? '' }
}

function blockedBy(pods: readonly Pod[], budgets: readonly DisruptionBudget[]): readonly Blocked[] {
  const groups = new Map<string, { readonly budgets: readonly DisruptionBudget[]; readonly pods: Pod[] }>()
  for (const pod of pods) {
    const own = budgetsOf(pod, budgets)
    if (isLetGo(pod, own)) continue
    const key = own.map(nameOf).join(' ')
    const group = groups.get(key) ?? { budgets: own, pods: [] }
    group.pods.push(pod)
    groups.set(key, group)
  }
  return [...groups.values()].flatMap(({ budgets: own, pods: held }) => {
    const [first] = held
    return first === undefined ? [] : [{ ...refusedBy(first, own), pods: held.map(nameOf).toSorted() }]
  })
}
