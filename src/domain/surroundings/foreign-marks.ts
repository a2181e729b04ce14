import { annotation } from '../../api/annotations.ts'
import { conditionOf, type Node } from '../../api/core/node.ts'
import { type Actor, sinceWords, taintOf } from './actors-seen.ts'

/** What others write on the Node itself, each by its contract. */

export function terminating({ metadata: { name, deletionTimestamp, finalizers } }: Node): Actor | undefined {
  if (deletionTimestamp === undefined) return undefined
  const left = finalizers.length === 0 ? 'no finalizer is left' : `finalizers left: ${finalizers.join(', ')}`
  const message = `node ${name} is being deleted since ${deletionTimestamp}; ${left}`
  return { reason: 'NodeTerminating', message, unblockedBy: 'the node goes' }
}

/** A cordon that is not ours. Whose it is, stands in the managed fields. */
export function foreignCordon({ unschedulable, cordon, metadata }: Node): Actor | undefined {
  if (!unschedulable || metadata.annotations[annotation.cordonedByRun] !== undefined) return undefined
  const who = cordon === undefined ? 'somebody' : `the manager ${cordon.manager}`
  return {
    reason: 'ForeignCordon',
    message: `${who} has cordoned node ${metadata.name}${sinceWords(cordon?.time)}`,
    unblockedBy: `\`kubectl uncordon ${metadata.name}\` by whoever cordoned it`,
  }
}

const removedByAutoscaler = 'ToBeDeletedByClusterAutoscaler'
/** A wish, taken back as easily as it is written. */
const wishedAwayByAutoscaler = 'DeletionCandidateOfClusterAutoscaler'

export function clusterAutoscalerOn({ taints, metadata }: Node): Actor | undefined {
  const taint = taintOf(taints, removedByAutoscaler)
  if (taint === undefined) return undefined
  const since = taint.timeAdded ?? unixTime(taint.value)
  const message = `the cluster autoscaler removes node ${metadata.name}, by its taint ${taint.key}${sinceWords(since)}`
  return { reason: 'ClusterAutoscalerActive', message, unblockedBy: 'it finishes, or takes its taint back' }
}

export const isDeletionCandidate = ({ taints }: Node): boolean => taintOf(taints, wishedAwayByAutoscaler) !== undefined

/** The autoscaler writes the moment as seconds into the value. */
const unixTime = (value: string): string | undefined =>
  /^\d{9,11}$/.test(value) ? new Date(Number(value) * 1_000).toISOString() : undefined

const lifecycleConditions = ['MaintenanceInProgress', 'DrainInProgress', 'MaintenancePlanned', 'DrainScheduled']

const drainoConditions = 'draino.planet.com/conditions'

function operatorOfTaint(key: string): string | undefined {
  if (key === 'medik8s.io/drain' || key.startsWith('remediation.medik8s.io/')) return 'an operator of medik8s'
  return key === 'nodeops.k8s.preferred.jp/operating' ? 'the node operation controller' : undefined
}

/** Conditions, taints and labels of maintenance tools that have no reason of their own. */
export function otherMarks(node: Node): Actor | undefined {
  const { labels, name } = node.metadata
  const condition = lifecycleConditions
    .map((type) => conditionOf(node, type))
    .find((candidate) => candidate?.status === 'True')
  if (condition !== undefined) {
    const said = condition.reason === '' ? '' : ` (${condition.reason})`
    const message = `condition ${condition.type}${said} of node ${name} is True${sinceWords(condition.lastTransitionTime)}`
    return other(message, `condition ${condition.type} is no longer True`)
  }
  const taint = node.taints.find(({ key }) => operatorOfTaint(key) !== undefined)
  if (taint !== undefined) {
    const operator = operatorOfTaint(taint.key) ?? ''
    const message = `${operator} works on node ${name}, by its taint ${taint.key}${sinceWords(taint.timeAdded)}`
    return other(message, 'the taint is taken away')
  }
  if (node.metadata.annotations[drainoConditions] !== undefined)
    return other(`draino drains node ${name}, by its annotation ${drainoConditions}`, 'the annotation is taken away')
  const label = ['dgxc.nvidia.com/nvsentinel-state', 'k8saas.nvidia.com/cordon-by'].find((key) =>
    Object.hasOwn(labels, key),
  )
  if (label === undefined) return undefined
  return other(`NVSentinel works on node ${name}, by its label ${label}: ${labels[label]}`, 'the label is taken away')
}

export const other = (message: string, unblockedBy: string): Actor => ({
  reason: 'OtherActorActive',
  message,
  unblockedBy,
})
