import type { ForeignWork } from '../../api/core/foreign-work.ts'
import type { Lease, NodeClaim } from '../../api/core/kinds.ts'
import type { Machine, NodeHealthCheck } from '../../api/core/neighbours.ts'
import type { Taint } from '../../api/core/node.ts'

/** What others have written about one node, outside the Node itself. Kinds that the cluster does not serve are empty. */
export interface ActorsSeen {
  /** Those that stand for this node. */
  readonly claims: readonly NodeClaim[]
  /** Those that select it or not: each says whom it treats. */
  readonly healthChecks: readonly NodeHealthCheck[]
  /** Those that stand for this node. */
  readonly machines: readonly Machine[]
  /** Those that name this node. */
  readonly works: readonly ForeignWork[]
  /** Of the namespace in which the operators of medik8s exclude each other: those about this node. */
  readonly leases: readonly Lease[]
  /** The locks of kured, whoever holds them. */
  readonly kuredLocks: readonly KuredLock[]
  /** What could not be read, and why: nobody knows then who acts. */
  readonly unread: readonly string[]
}

export interface KuredLock {
  /** Namespace and name of its DaemonSet. */
  readonly daemonSet: string
  /** As kured wrote it. */
  readonly text: string
}

/** One who acts on the node. */
export interface Actor {
  readonly reason: ActorReason
  /** Who, by what it was seen, since when. */
  readonly message: string
  readonly unblockedBy: string
}

type ActorReason =
  | 'RunInProgress'
  | 'NodeTerminating'
  | 'KarpenterActive'
  | 'ClusterAutoscalerActive'
  | 'MachineHealthCheckActive'
  | 'NodeHealthCheckActive'
  | 'KuredActive'
  | 'ForeignCordon'
  | 'UpgradeInProgress'
  | 'OtherActorActive'

/** `, since …` where that is known. */
export const sinceWords = (time: string | undefined): string => (time === undefined ? '' : `, since ${time}`)

export const taintOf = (taints: readonly Taint[], key: string): Taint | undefined =>
  taints.find((taint) => taint.key === key)
