import type { BudgetStatus, DisruptionBudget } from '../../api/core/neighbours.ts'
import type { Pod } from '../../api/core/pod.ts'
import { matchesSelector } from '../../kernel/selector.ts'

/** What the API server would answer to an eviction, from the budgets as their controller has worked them out. */

/** An eviction asks no budget about a pod that has not begun, or is over. */
export const asksBudgets = ({ phase }: Pod): boolean => phase === 'Running'

export const isBoundBy = (pod: Pod, budget: DisruptionBudget): boolean => asksBudgets(pod) && selects(budget, pod)

/** A budget binds within its namespace; without a selector it binds nobody. */
export const selects = ({ metadata, selector }: DisruptionBudget, pod: Pod): boolean =>
  metadata.namespace === pod.metadata.namespace &&
  selector !== undefined &&
  matchesSelector(selector, pod.metadata.labels)

/** A pod that is not ready may go where the healthy ones are enough without it. */
export function mayGo(pod: Pod, { status, alwaysAllowsUnhealthy }: DisruptionBudget): boolean {
  if (pod.ready !== 'True' && alwaysAllowsUnhealthy) return true
  if (status === undefined) return false
  const { disruptionsAllowed, currentHealthy, desiredHealthy } = status
  if (pod.ready !== 'True' && currentHealthy >= desiredHealthy && desiredHealthy > 0) return true
  return disruptionsAllowed > 0
}

/** However well all its pods are, none may go. */
export const neverAllows = (
  { allowsNobody }: DisruptionBudget,
  { desiredHealthy, expectedPods }: BudgetStatus,
): boolean => allowsNobody || (expectedPods > 0 && desiredHealthy >= expectedPods)
