import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { breakerClosed } from './breaker-gate.ts'
import { type BudgetView, budgetFree, notPaused, rateFree, topologyFree } from './gates.ts'

/** The five gates that stand once for all nodes, always all of them. */
export const budgetGates = (view: BudgetView): readonly GateAnswer[] => [
  notPaused(view),
  budgetFree(view),
  topologyFree(view),
  rateFree(view),
  breakerClosed(view),
]
