import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { NodeJobResult, NodeTask } from '../../api/node-job-result.ts'
import type { Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import type { DrainState, RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { Instant, Mono } from '../../kernel/time.ts'
import type { BudgetView } from '../budget/gates.ts'
import type { LedgerSeen } from '../budget/ledger.ts'
import type { Frozen } from '../detect/disturbance.ts'
import type { SourcesSeen } from '../detect/sources-seen.ts'
import type { BudgetsSeen } from '../drain/pod-budgets.ts'
import type { Refusal } from '../drain/pod-class.ts'
import type { ClaimsSeen, PowerSeen } from '../surroundings/provider-ready.ts'
import type { Watched } from './elapsed.ts'
import type { RunSurroundings } from './other-actors.ts'
import type { Step } from './step.ts'

/**
 * All that a decision about one run may know, in plain JSON: it can be pasted from a bug report into a test. What licenses a
 * destructive step (run, node, lease, ledger, pods, power, claims) was read live in this very pass.
 */
export interface Observation {
  readonly now: Instant
  /** Asked where a stored moment has to have passed: a clock that is set forward frees nothing. */
  readonly nowAtLeast: Instant
  /** Of this process, compared only with other moments of its own. */
  readonly mono: Mono
  /** How long this process has watched the run where it stands. */
  readonly watched: Watched
  /** Why nothing may be started or treated right now; undefined: nothing stands in the way. */
  readonly frozen: Frozen
  /** What RBAC refused of late, as `patch nodes`; undefined: nothing. */
  readonly missingRight: string | undefined
  readonly run: RunSeen
  /** Of the spec that was read. */
  readonly generation: number
  readonly step: Step
  readonly node: NodeSeen
  /** When the kubelet's lease was last renewed, in its own words: compared for change only. Undefined: no lease. */
  readonly leaseRenewTime: string | undefined
  /** How long ago this process saw the lease renewed; undefined: it has not seen that. */
  readonly leaseMovedMs: number | undefined
  /** Pods that are bound to the node. */
  readonly pods: readonly Pod[]
  /** What the API server last said of evictions of this run, by pod UID. */
  readonly refusals: Readonly<Record<string, Refusal>>
  /** Of these pods, from caches: they spare the API server questions and name culprits, and license nothing. */
  readonly budgets: BudgetsSeen
  readonly sources: SourcesSeen
  readonly ledger: LedgerSeen
  /** Slots that other runs ought to hold, by where they stand: they may have been taken out of the ledger. */
  readonly underWay: readonly Slot[]
  /** Nodes of the policy that others hold a slot for, and that still count as healthy: they are about to be cordoned. */
  readonly promised: number
  /** Asked even where the policy is gone: a person's stop needs nobody else. */
  readonly pauses: readonly RemediationPause[]
  /** Undefined: the policy is gone, or cannot be read. */
  readonly shared: Omit<BudgetView, 'now' | 'node' | 'runUID' | 'ledger' | 'pauses'> | undefined
  readonly power: PowerSeen
  /** The last order that this process has given to the BMC; undefined: none. */
  readonly ordered: PowerOrder | undefined
  /** The node job of this run, whichever rung it belongs to. */
  readonly job: JobSeen | undefined
  /** Pods of other node jobs that have not ended on the node, as far as a rung asks. */
  readonly otherJobPods: readonly string[]
  /** Services that a rung may restart. */
  readonly services: readonly string[]
  readonly claims: ClaimsSeen
  readonly around: RunSurroundings
}

export interface RunSeen {
  readonly name: string
  readonly uid: string
  readonly createdAt: Instant
  /** Somebody deleted the object: as good as a cancel. */
  readonly terminating: boolean
  readonly hasFinalizer: boolean
  readonly spec: RunSpec
  /** How far the drain had come at the last look. */
  readonly drain: DrainState | undefined
}

/** Recreated: another machine, or another life of it, under the same name. */
export type NodeSeen =
  | { readonly kind: 'Present'; readonly node: Node }
  | { readonly kind: 'Gone' }
  | { readonly kind: 'Recreated' }

export interface PowerOrder {
  readonly kind: 'TurnOff' | 'TurnOn'
  readonly agoMs: number
}

export interface JobSeen {
  readonly name: string
  readonly uid: string
  readonly task: NodeTask
  /** Which rung of which try gave it; empty: a release that knew only reboots. */
  readonly order: string
  readonly failed: boolean
  readonly terminating: boolean
  /** What it said at its end. Undefined: nothing yet, or nothing that makes sense. */
  readonly result: NodeJobResult | undefined
}
