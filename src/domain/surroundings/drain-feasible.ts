import type { Node } from '../../api/core/node.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { drainModeOf, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { hold, pass } from '../budget/gates.ts'
import { skipsDrain } from './capacity-there.ts'
import type { Blocked, DrainOutlook } from './drain-outlook.ts'

/** Before the cordon: what cannot be drained is not begun. A rung that waives its pods is not held up by them. */
export function drainFeasible(outlook: DrainOutlook, treatment: Treatment | undefined, node: Node): GateAnswer {
  const found = [
    ...outlook.blocked.map(blockedAnswer),
    ...unmanaged(outlook),
    ...(treatment?.drain.doNotDisrupt === 'Ignore' ? [] : vetoed(outlook)),
    ...(treatment?.drain.localVolumes === 'Evict' ? [] : localData(outlook)),
    ...unreadable(outlook),
  ]
  const [first, ...rest] = found
  const waiver = treatment && waiverOf(treatment, node)
  if (first === undefined || waiver !== undefined) {
    const waived = first === undefined ? '' : `; ${first.reason} does not hold it: ${waiver}`
    return pass('DrainFeasible', `${outlook.pods} pods would leave${waived}`, {
      pods: outlook.pods,
      waived: found.length,
    })
  }
  const reasons = [...new Set(rest.map(({ reason }) => reason))].filter((reason) => reason !== first.reason)
  const also = reasons.length === 0 ? '' : `; also ${reasons.join(', ')}`
  return { ...first, message: `${first.message ?? ''}${also}`.slice(0, 1_024) }
}

/** Why the rung does not wait for its pods. Undefined: it does. */
function waiverOf(treatment: Treatment, node: Node): string | undefined {
  const { onDeadline } = treatment.drain
  if (treatment.relieve !== undefined) return `rung ${treatment.name} moves only pods that may leave`
  if (skipsDrain(treatment, node)) return `rung ${treatment.name} has drain mode ${drainModeOf(treatment)}`
  return onDeadline === 'Proceed' ? `rung ${treatment.name} proceeds at its deadline` : undefined
}

const blockedAnswer = ({ message, pods, numbers, isForEver }: Blocked): GateAnswer =>
  hold('DrainFeasible', 'DrainBlocked', {
    message: `${message}; pods ${some(pods)}${isForEver ? '; it can never be met' : ''}`,
    numbers: { ...numbers, pods: pods.length },
    unblockedBy: isForEver ? 'more replicas, or another budget' : 'the budget allows a disruption',
  })

function unmanaged({ unmanaged: pods }: DrainOutlook): readonly GateAnswer[] {
  if (pods.length === 0) return []
  const message = `${pods.length} pods without a controller: ${some(pods)}`
  const numbers = { pods: pods.length }
  return [
    hold('DrainFeasible', 'UnmanagedPods', { message, numbers, unblockedBy: 'their owner moves or deletes them' }),
  ]
}

function vetoed({ vetoed: pods }: DrainOutlook): readonly GateAnswer[] {
  if (pods.length === 0) return []
  return [
    hold('DrainFeasible', 'DoNotDisrupt', {
      message: `${pods.length} pods may not be moved, says their owner: ${some(pods)}`,
      numbers: { pods: pods.length },
      unblockedBy: 'they end, their owner takes the mark away, or the rung says `drain.doNotDisrupt: Ignore`',
    }),
  ]
}

function localData({ localData: pods }: DrainOutlook): readonly GateAnswer[] {
  if (pods.length === 0) return []
  return [
    hold('DrainFeasible', 'LocalDataAtRisk', {
      message: `${pods.length} pods keep data on the node: ${some(pods)}`,
      numbers: { pods: pods.length },
      unblockedBy:
        'the annotation cluster-autoscaler.kubernetes.io/safe-to-evict of their owners, data that has moved, or ' +
        '`drain.localVolumes: Evict` of the rung',
    }),
  ]
}

function unreadable({ unreadable: budgets }: DrainOutlook): readonly GateAnswer[] {
  if (budgets === undefined) return []
  const { pods } = budgets
  return [
    hold('DrainFeasible', 'BudgetsUnreadable', {
      message: `the budgets of ${pods} pods in ${some(budgets.namespaces)} cannot be read: ${budgets.message}`,
      numbers: { pods, namespaces: budgets.namespaces.length },
      unblockedBy: 'the right to list poddisruptionbudgets there',
    }),
  ]
}

const shownMax = 3

const some = (names: readonly string[]): string =>
  names.length <= shownMax
    ? names.join(', ')
    : `${names.slice(0, shownMax).join(', ')} and ${names.length - shownMax} more`
