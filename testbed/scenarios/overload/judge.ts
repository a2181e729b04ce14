import { type JsonObject, numberAt, textAt } from '../../../src/kernel/json.ts'
import { identities } from '../../control-plane/identities.ts'
import { type AuditEntry, succeeded } from '../../scenario/audit.ts'
import { conditionOf, nameOf, uidOf } from '../../scenario/conditions.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'
import { replicas } from './arrange.ts'
import type { Target } from './target.ts'

export interface Histories {
  readonly budgets: readonly Seen[]
  readonly pods: readonly Seen[]
}

/** Twice, by different witnesses: what the disruption controller counted, and what the pods themselves say. */
export function availabilityChecks({ budgets, pods }: Histories, began: number): readonly Check[] {
  const shortfalls = budgets
    .filter(({ at, type }) => at >= began && type !== 'DELETED')
    .map(({ object }) => ({
      healthy: numberAt(object, 'status', 'currentHealthy') ?? 0,
      desired: numberAt(object, 'status', 'desiredHealthy') ?? 0,
    }))
    .filter(({ healthy, desired }) => healthy < desired)
  const fewest = fewestAvailable(pods, began)
  return [
    {
      sentence: 'the disruption budget never counted fewer pods than it wants',
      holds: shortfalls.length === 0,
      ...(shortfalls.length === 0 ? {} : { seen: JSON.stringify(shortfalls[0]) }),
    },
    {
      sentence: `at every moment at least ${replicas - 1} of ${replicas} pods were available`,
      holds: fewest >= replicas - 1,
      seen: `never fewer than ${fewest}`,
    },
  ]
}

/** Replays what was seen of the pods, and takes the lowest count after each change since the fault. */
export function fewestAvailable(pods: readonly Seen[], began: number): number {
  const available = new Map<string, boolean>()
  let fewest = Number.POSITIVE_INFINITY
  for (const { at, type, object } of pods) {
    if (type === 'DELETED') available.delete(uidOf(object))
    else available.set(uidOf(object), isAvailable(object))
    if (at >= began) fewest = Math.min(fewest, [...available.values()].filter(Boolean).length)
  }
  return fewest
}

const isAvailable = (pod: JsonObject): boolean =>
  conditionOf(pod, 'Ready') === 'True' && textAt(pod, 'metadata', 'deletionTimestamp') === undefined

export interface Replacement {
  readonly target: Target
  readonly audit: readonly AuditEntry[]
  /** UID of the new Node. */
  readonly replacement: string
}

export async function replacementChecks(
  { bed: { kubectl } }: Stage,
  { target, audit, replacement }: Replacement,
): Promise<readonly Check[]> {
  const nodes = await kubectl.list(['get', 'nodes'])
  const claims = await kubectl.list(['get', 'nodeclaims'])
  const returned = audit.filter(
    (entry) =>
      entry.resource === 'nodeclaims' && entry.verb === 'delete' && entry.name === target.claimName && succeeded(entry),
  )
  const successor = nodes.find((node) => uidOf(node) === replacement)
  return [
    {
      // Karpenter deletes it a second time once it has ended the machine
      sentence: 'it was the operator who gave the NodeClaim back, and it deleted no Node',
      holds: returned[0] !== undefined && isOperator(returned[0]) && !audit.some(deletesNode),
      seen: `first deleted by ${returned[0]?.user ?? 'nobody'}`,
    },
    {
      sentence: 'the NodeClaim and the Node, by its UID, are gone',
      holds:
        !claims.some((claim) => uidOf(claim) === target.claimUID) &&
        !nodes.some((node) => uidOf(node) === target.nodeUID),
    },
    {
      sentence: 'a new Node of the pool is Ready',
      holds: successor !== undefined && conditionOf(successor, 'Ready') === 'True',
      ...(successor === undefined ? {} : { seen: nameOf(successor) }),
    },
  ]
}

const isOperator = ({ user }: AuditEntry): boolean => user === identities.operator.user
const deletesNode = (entry: AuditEntry): boolean =>
  entry.resource === 'nodes' && entry.verb.startsWith('delete') && isOperator(entry)
