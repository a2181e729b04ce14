import type { DisruptionBudget } from '../../api/core/neighbours.ts'
import { controllerOf, type Pod } from '../../api/core/pod.ts'
import { isBoundBy, mayGo, neverAllows } from './budget-arithmetic.ts'

/** The budgets of the namespaces that were asked about. */
export interface BudgetsSeen {
  readonly budgets: readonly DisruptionBudget[]
  /** Why not, by namespace that could not be read. */
  readonly unread: Readonly<Record<string, string>>
}

/** Those that an eviction of the pod asks. */
export const budgetsOf = (pod: Pod, budgets: readonly DisruptionBudget[]): readonly DisruptionBudget[] =>
  budgets.filter((budget) => isBoundBy(pod, budget))

/** As the API server decides it: two budgets on one pod it refuses, whatever they allow. */
export const isLetGo = (pod: Pod, own: readonly DisruptionBudget[]): boolean =>
  own.length === 0 || (own.length === 1 && own.every((budget) => mayGo(pod, budget)))

export interface BudgetWords {
  readonly message: string
  readonly numbers: Readonly<Record<string, number>>
  readonly isForEver: boolean
}

/** Why these budgets do not let the pod go. */
export function refusedBy(pod: Pod, own: readonly DisruptionBudget[]): BudgetWords {
  const owner = controllerOf(pod)
  const whose = owner === undefined ? '' : ` of ${owner.kind} ${owner.name}`
  const [budget, ...rest] = own
  if (budget === undefined || rest.length > 0) {
    const message = `PodDisruptionBudgets ${own.map(nameOf).join(' and ')} bind the same pods${whose}: an eviction fails`
    return { message, numbers: { budgets: own.length }, isForEver: true }
  }
  const { status } = budget
  if (status === undefined) {
    const message = `PodDisruptionBudget ${nameOf(budget)} has not been worked out yet`
    return { message, numbers: {}, isForEver: false }
  }
  const { disruptionsAllowed: allowed, currentHealthy: healthy, desiredHealthy: needed } = status
  const message = `PodDisruptionBudget ${nameOf(budget)} allows ${allowed}${whose}: ${healthy} healthy, ${needed} needed`
  return { message, numbers: { allowed, healthy, needed }, isForEver: neverAllows(budget, status) }
}

export const nameOf = ({ metadata: { namespace, name } }: Pick<Pod, 'metadata'>): string => `${namespace}/${name}`
