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

export const mayGo = (pod: Pod, budget: DisruptionBudget): boolean => goesFree(pod, budget) || allowedBy(budget) > 0

/** A pod that is not ready costs its budget nothing where the healthy ones are enough without it. */
export function goesFree(pod: Pod, { status, alwaysAllowsUnhealthy }: DisruptionBudget): boolean {
  if (pod.ready === 'True') return false
  if (alwaysAllowsUnhealthy) return true
  return status !== undefined && status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
}

/** How many may go now. A budget that has not been worked out yet allows nobody. */
export const allowedBy = ({ status }: DisruptionBudget): number => status?.disruptionsAllowed ?? 0

/** However well all its pods are, none may go. */
export const neverAllows = (
  { allowsNobody }: DisruptionBudget,
  { desiredHealthy, expectedPods }: BudgetStatus,
): boolean => allowsNobody || (expectedPods > 0 && desiredHealthy >= expectedPods)
