import type { BudgetStatus, DisruptionBudget } from '../../api/core/neighbours.ts'
import { controllerOf, isFinished, isTerminating, type Pod, staysInDrain } from '../../api/core/pod.ts'
import { isBoundBy, mayGo, neverAllows, selects } from '../drain/budget-arithmetic.ts'

type BudgetFindingReason =
  | 'MinAvailableTooHigh'
  | 'PercentLeavesNone'
  | 'MaxUnavailableZero'
  | 'SingleReplica'
  | 'SeveralBudgets'
  | 'UnhealthyPodsHeld'
  | 'SelectsNothing'
  | 'AllowsNoneNow'
  | 'NotWorkedOut'

/** What is wrong with one budget, or with several that bind the same pods. */
export interface BudgetFinding {
  /** `namespace/name`; more than one only for `SeveralBudgets`. */
  readonly budgets: readonly string[]
  readonly reason: BudgetFindingReason
  /** False: it passes by itself, as soon as enough pods are healthy. */
  readonly needsPeople: boolean
  /** One sentence with the figures. */
  readonly why: string
  readonly cure: string
  /** The pods that it is about. */
  readonly pods: readonly string[]
  /** Selected nodes whose drain it would block right now. */
  readonly nodes: readonly string[]
}

export interface BudgetsInFleet {
  readonly budgets: readonly DisruptionBudget[]
  readonly pods: readonly Pod[]
  /** Whether a policy selects the node of this name. */
  readonly isSelected: (nodeName: string) => boolean
}

/** Every budget that stands in the way of a drain, or protects nobody, with why and with what would cure it. */
export function budgetFindings({ budgets, pods, isSelected }: BudgetsInFleet): readonly BudgetFinding[] {
  const living = Map.groupBy(
    pods.filter((pod) => !isFinished(pod)),
    ({ metadata }) => metadata.namespace,
  )
  const bindings = budgets.map((budget): Binding => {
    const inNamespace = living.get(budget.metadata.namespace) ?? []
    return { budget, pods: inNamespace.filter((pod) => selects(budget, pod)) }
  })
  const findings = [...bindings.flatMap(ownFinding), ...together(bindings)]
  return findings
    .map(({ stuck, pods: concerned, ...finding }) => ({
      ...finding,
      pods: concerned.map(nameOf).toSorted(),
      nodes: [...new Set(stuck.filter(isAskedToGo).map(({ nodeName }) => nodeName))].filter(isSelected).toSorted(),
    }))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

interface Binding {
  readonly budget: DisruptionBudget
  readonly pods: readonly Pod[]
}

interface Found extends Omit<BudgetFinding, 'pods' | 'nodes'> {
  readonly pods: readonly Pod[]
  /** Those that it would not let go now. */
  readonly stuck: readonly Pod[]
}

/** A drain asks no budget about what it leaves in place, about what goes already, and about what nobody would bring back. */
const isAskedToGo = (pod: Pod): boolean =>
  !staysInDrain(pod) && !isTerminating(pod) && controllerOf(pod) !== undefined && pod.nodeName !== ''

/** The worst that is wrong with the budget by itself. */
function ownFinding({ budget, pods }: Binding): readonly Found[] {
  const { status } = budget
  const stuck = pods.filter((pod) => isBoundBy(pod, budget) && !mayGo(pod, budget))
  const found = (
    reason: BudgetFindingReason,
    words: Pick<BudgetFinding, 'why' | 'cure'>,
    needsPeople = true,
  ): readonly Found[] => [{ budgets: [nameOf(budget)], reason, needsPeople, ...words, pods, stuck }]

  if (pods.length === 0) return found('SelectsNothing', selectsNothing(budget))
  if (status === undefined)
    return found('NotWorkedOut', { why: notWorkedOut, cure: 'the kube-controller-manager works it out' }, false)
  if (neverAllows(budget, status)) {
    const reason = reasonOfNever(budget, status)
    return found(reason, never[reason](budget, status, ownerOf(pods)))
  }
  const ill = stuck.filter(({ ready }) => ready !== 'True')
  if (ill.length > 0) return found('UnhealthyPodsHeld', unhealthyHeld(ill.length, status))
  if (status.disruptionsAllowed === 0) return found('AllowsNoneNow', noneNow(status, ownerOf(pods)), false)
  return []
}

const notWorkedOut = 'the disruption controller has not worked it out yet, and until then it allows nobody'

function selectsNothing({ selector }: DisruptionBudget): Pick<BudgetFinding, 'why' | 'cure'> {
  if (selector === undefined)
    return { why: 'it has no selector, so it protects no pod', cure: 'give it a selector, or delete it' }
  return {
    why: 'its selector matches no pod of its namespace, so it protects nobody',
    cure: 'correct the selector or delete the budget, unless its workload is scaled to 0 on purpose',
  }
}

type NeverReason = 'SingleReplica' | 'MaxUnavailableZero' | 'PercentLeavesNone' | 'MinAvailableTooHigh'

function reasonOfNever({ minAvailable, maxUnavailable }: DisruptionBudget, status: BudgetStatus): NeverReason {
  if (status.expectedPods === 1) return 'SingleReplica'
  if (maxUnavailable !== undefined) return 'MaxUnavailableZero'
  return typeof minAvailable === 'string' ? 'PercentLeavesNone' : 'MinAvailableTooHigh'
}

type InWords = (budget: DisruptionBudget, status: BudgetStatus, owner: string) => Pick<BudgetFinding, 'why' | 'cure'>

const never: Readonly<Record<NeverReason, InWords>> = {
  SingleReplica: (budget, _, owner) => ({
    why: `${limitOf(budget)} keeps the only pod of ${owner} where it is, for ever`,
    cure: `scale ${owner} to 2 or more; where its users can miss it for a moment, set maxUnavailable: 1`,
  }),
  MaxUnavailableZero: (budget, { expectedPods }, owner) => ({
    why: `${limitOf(budget)} lets none of the ${expectedPods} pods of ${owner} go, however healthy they are`,
    cure: 'set maxUnavailable: 1 or more',
  }),
  PercentLeavesNone: (budget, { expectedPods, desiredHealthy }, owner) => ({
    why: `${limitOf(budget)} of the ${expectedPods} pods of ${owner} rounds up to ${desiredHealthy}, so none is left to go`,
    cure: `set maxUnavailable: 1, or minAvailable: ${mostPercent(expectedPods)}% at most`,
  }),
  MinAvailableTooHigh: (budget, { expectedPods, desiredHealthy }, owner) => ({
    why:
      desiredHealthy > expectedPods
        ? `${limitOf(budget)} asks for more than the ${expectedPods} pods that ${owner} has`
        : `${limitOf(budget)} equals the ${expectedPods} pods of ${owner}, so none may ever go`,
    cure: `scale ${owner} to ${desiredHealthy + 1}, or set maxUnavailable: 1`,
  }),
}

const limitOf = ({ minAvailable, maxUnavailable }: DisruptionBudget): string =>
  maxUnavailable === undefined ? `minAvailable ${minAvailable ?? '<unset>'}` : `maxUnavailable ${maxUnavailable}`

/** The largest share that, rounded up as the controller does, leaves one pod. */
const mostPercent = (pods: number): number => Math.floor((100 * (pods - 1)) / Math.max(1, pods))

const unhealthyHeld = (ill: number, { currentHealthy, desiredHealthy }: BudgetStatus) => {
  const rule = `by unhealthyPodEvictionPolicy IfHealthyBudget they stay while ${currentHealthy} of ${desiredHealthy} needed`
  return {
    why: `${ill} of its pods are not Ready, and ${rule} are healthy`,
    cure: 'set unhealthyPodEvictionPolicy: AlwaysAllow, or mend the pods',
  }
}

const noneNow = ({ currentHealthy, desiredHealthy, expectedPods }: BudgetStatus, owner: string) => ({
  why: `${currentHealthy} of ${expectedPods} pods of ${owner} are healthy and ${desiredHealthy} are needed, so none may go now`,
  cure: `more than ${desiredHealthy} healthy pods`,
})

/** The eviction API refuses a pod that more than one budget binds, whatever they allow. */
function together(bindings: readonly Binding[]): readonly Found[] {
  const budgetsOf = new Map<Pod, DisruptionBudget[]>()
  for (const { budget, pods } of bindings)
    for (const pod of pods) budgetsOf.set(pod, [...(budgetsOf.get(pod) ?? []), budget])
  const shared = [...budgetsOf].filter(([, budgets]) => budgets.length > 1)
  const groups = Map.groupBy(shared, ([, budgets]) => budgets.map(nameOf).toSorted().join(' '))
  return [...groups].map(([key, group]): Found => {
    const pods = group.map(([pod]) => pod)
    const budgets = key.split(' ')
    const whose = `${pods.length} pods of ${ownerOf(pods)} have ${budgets.length} budgets each`
    return {
      budgets,
      reason: 'SeveralBudgets',
      needsPeople: true,
      why: `${whose}, and the API server evicts no pod that has more than one`,
      cure: 'narrow the selectors or delete all but one, so that each pod has one budget',
      pods,
      stuck: pods.filter(({ phase }) => phase === 'Running'),
    }
  })
}

function ownerOf([pod]: readonly Pod[]): string {
  const owner = pod && controllerOf(pod)
  return owner === undefined ? 'no controller' : `${owner.kind} ${owner.name}`
}

const nameOf = ({ metadata: { namespace, name } }: Pick<Pod, 'metadata'>): string => `${namespace}/${name}`

const keyOf = ({ budgets, reason }: Pick<BudgetFinding, 'budgets' | 'reason'>): string => [...budgets, reason].join(' ')
