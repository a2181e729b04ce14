import type { LedgerSpec } from '../../api/v1alpha1/disruption-ledger.ts'
import type { DrainState } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Step } from './step.ts'

/**
 * Move changes the step and issues nothing; Stay issues commands and leaves the step alone.
 * So no crash can fall between an intent and its effect: the intent is in status before the first effect goes out.
 */
export type Decision = Move | Stay | { readonly kind: 'Settled' }

export interface Move {
  readonly kind: 'Move'
  readonly next: Step
  /** The reason of the event, and of the entry in the timeline. */
  readonly reason: EventReason
  /** One sentence with names and numbers. */
  readonly message: string
  /** Of a dry run: what it found, for people. */
  readonly plan?: { readonly gates: readonly GateAnswer[]; readonly drain: DrainState }
}

export interface Stay {
  readonly kind: 'Stay'
  readonly commands: readonly Command[]
  readonly wakeAfterMs: number
  readonly because: string
  /** What is waited for, and what for. Undefined: the run is simply working. */
  readonly held: { readonly reason: string; readonly message: string } | undefined
  readonly gates: readonly GateAnswer[]
  readonly drain: DrainState | undefined
}

export const eventReasons = [
  'RemediationStarted',
  'SlotClaimed',
  'NodeCordoned',
  'DrainStarted',
  'NodeDrained',
  'DrainBlocked',
  'TreatmentRequested',
  'TreatmentObserved',
  'TreatmentProgressed',
  'VerificationProgressed',
  'VerificationFailed',
  'TreatmentFailed',
  'NodeVerified',
  'RecoveredAlone',
  'NodeQuarantined',
  'RemediationRetried',
  'RemediationCancelled',
  'RemediationFailed',
  'RemediationSucceeded',
  'WouldHaveActed',
  'NodeReleased',
] as const
export type EventReason = (typeof eventReasons)[number]

export interface LedgerCommand {
  readonly kind: 'ClaimSlot' | 'ReleaseSlot'
  readonly ledger: LedgerSpec
  readonly resourceVersion: string
}

export const writesLedger = (command: Command): command is LedgerCommand =>
  command.kind === 'ClaimSlot' || command.kind === 'ReleaseSlot'

/** Harmless to repeat, and issued again until the observation shows it done. Each names the world that it was decided on. */
export type Command =
  | LedgerCommand
  | { readonly kind: 'Cordon' | 'Uncordon'; readonly node: NodePatch }
  | { readonly kind: 'Evict'; readonly namespace: string; readonly pod: string; readonly uid: string }
  | { readonly kind: 'OrderNodeJob'; readonly job: NodeJobOrder }
  | { readonly kind: 'WithdrawNodeJob'; readonly jobName: string; readonly uid: string }
  | {
      readonly kind: 'TurnOff' | 'TurnOn'
      readonly nodeName: string
      readonly systemUUID: string
      readonly mapping: string
    }
  | { readonly kind: 'GiveBackClaim'; readonly claimName: string; readonly uid: string }
  | { readonly kind: 'SetFinalizer'; readonly kept: boolean }

/** Null removes. */
export interface NodePatch {
  readonly name: string
  readonly resourceVersion: string
  readonly unschedulable?: true | null
  readonly annotations: Readonly<Record<string, string | null>>
}

/** What a job on the node is asked for. None of it ever becomes shell: the script is one constant, and this its parameters. */
export type NodeJobTask =
  | { readonly kind: 'reboot' }
  | { readonly kind: 'freeDisk'; readonly belowPercent: number }
  | { readonly kind: 'restartService'; readonly service: string }

export interface NodeJobOrder {
  readonly name: string
  readonly nodeName: string
  readonly task: NodeJobTask
  /** The job refuses on any other boot: it must not reboot a node twice. */
  readonly expectedBootID: string
  /** RFC 3339. The job refuses afterwards: a kubelet that wakes up late must not obey an old order. */
  readonly notAfter: string
  /** After so many seconds Kubernetes itself ends it. */
  readonly limitSeconds: number
  readonly runName: string
  /** Which rung of which try: an order of the same run that lands late is not taken for this one. */
  readonly order: string
}
