import type { StepName } from '../../api/v1alpha1/node-remediation.ts'
import type { DrainRules } from '../../api/v1alpha1/treatment.ts'
import type { Timings } from '../world/timings.ts'
import type { Chance, IncidentKind } from './fault.ts'
import type { StoryKind } from './story-kind.ts'

/**
 * All that is particular to one simulation, as plain JSON: drawn from a seed, or written by hand. What it leaves open is drawn from
 * its seed by label, so that taking out one part shifts no other.
 */
export interface Plan {
  readonly seed: number
  readonly cluster: ClusterPlan
  /** One per replica of the operator. */
  readonly replicas: readonly ReplicaPlan[]
  readonly policy: PolicyPlan
  /** Weights, 1 to 100, of the worst rate of each. What is not named never happens. */
  readonly faults: Readonly<Partial<Record<Chance, number>>>
  readonly incidents: readonly Incident[]
  readonly strikes: readonly Strike[]
  readonly stories: readonly StoryPlan[]
  /** By name, with a weight, 1 to 100: how much each of them does. */
  readonly actors: Readonly<Record<string, number>>
  /** How long anything may go wrong. */
  readonly stormMs: number
  /** How long it may take, once the core is healed, until everything has come to an end. */
  readonly calmMaxMs: number
  /** Index of the replica that is healed for the calm. What ails the others then, ails them for ever. */
  readonly core: number
}

export interface ClusterPlan {
  /** With a BMC each: `node-1` and on. */
  readonly nodes: number
  readonly zones: number
  /** Rented by Karpenter. */
  readonly rented: number
  /** How many of those with a BMC bear the control plane, from `node-1` on; absent: it is somebody else's, and no node at all. */
  readonly controlPlane?: number
  /** Whether an application keeps data on the nodes that it runs on. */
  readonly keepsLocalData?: boolean
  /** How long things take, where that is not the ordinary time. */
  readonly timings?: Partial<Timings>
}

/** Its clocks, which outlive its processes. */
export interface ReplicaPlan {
  /** How far its wall clock is off at the beginning. */
  readonly skewMs: number
  /** How much too fast both of its clocks run, in parts per million. */
  readonly driftPpm: number
  /** The node that its pod believes to run on; absent: it was not told. Its process does not fall with that machine. */
  readonly nodeName?: string
}

export interface PolicyPlan {
  readonly mode: 'Observe' | 'Approve' | 'Automatic'
  readonly maxConcurrent: number
  readonly maxPerHour: number
  /** Of the selected nodes, and of all nodes that any policy selects. */
  readonly maxUnhealthyPercent: number
  readonly attemptsMax: number
  /** Holds, deadlines and cool-downs, in percent of the ordinary ones. */
  readonly pacePercent: number
  /** Whether it asks a Prometheus as well. */
  readonly asksQueries?: boolean
  /** Whether it listens to leases, events and pods as well. */
  readonly asksCluster?: boolean
  /** Whether it frees disks and restarts services. */
  readonly treatsInPlace?: boolean
  /** Absent: the ordinary ones. */
  readonly bootTimeoutSeconds?: { readonly reboot: number; readonly powerCycle: number }
  /** Absent: power comes after the reboot, and alone where the kubelet is silent. */
  readonly ladder?: 'PowerFirst'
  readonly approval?: ApprovalPlan
  /** Absent: it treats at any time. */
  readonly calendar?: CalendarPlan
  /** Of the reboot, and how long the power cycle has for its own; absent: they have their time, and proceed then. */
  readonly drain?: { readonly deadlineSeconds: number; readonly onDeadline: 'Quarantine' | 'Release' | 'Proceed' }
  /** What every drain takes into account; absent: the defaults. */
  readonly drainRules?: Partial<DrainRules>
  /** Whether it relieves who is overloaded before it replaces him; absent: it replaces him. */
  readonly relieves?: true
  readonly spareNodes?: number
  /** A second policy that says the same of the same nodes. */
  readonly rival?: { readonly priority: number; readonly mode: PolicyPlan['mode'] }
}

/** How people are asked; absent: with ordinary times, and by the mode alone. */
export interface ApprovalPlan {
  readonly timeoutSeconds: number
  readonly onExpiry: 'Release' | 'Quarantine'
  /** Rungs that ask whatever the mode. */
  readonly rungs: readonly string[]
}

export interface CalendarPlan {
  /** All diagnoses wait for it. */
  readonly window?: { readonly everyMinutes: number; readonly durationSeconds: number }
  /** Since virtual time began. */
  readonly freeze?: { readonly fromMs: number; readonly forMs: number }
}

export interface Incident {
  readonly kind: IncidentKind
  /** Since the storm began. */
  readonly atMs: number
  readonly forMs: number
  /** Index; absent: what befalls all. */
  readonly replica?: number
  /** Of a clock that is set. */
  readonly byMs?: number
  /** Of an API server that is away: for kubelets, controllers and people, too. Absent: only for us. */
  readonly isForAll?: boolean
  /** Of what is drawn while it lasts. */
  readonly seed?: number
}

/**
 * One fault at one request, the first request of a process being 1; where a step is named, its first write of that step being 1; where
 * a collection is named, the first thing that a watch tells the process of it being 1.
 */
export interface Strike {
  readonly replica: number
  /** Which process of the replica, the first being 1. */
  readonly start: number
  readonly request: number
  readonly step?: StepName
  /** Of `WatchEventLost`: the plural. */
  readonly collection?: string
  readonly fault: Chance | 'KilledBefore' | 'KilledAfter'
}

export interface StoryPlan {
  readonly kind: StoryKind
  readonly atMs: number
  /** Of what is particular to this telling. */
  readonly seed: number
}
