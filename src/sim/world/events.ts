import type { NodeTask } from '../../api/node-job-result.ts'
import type { Instant } from '../../kernel/time.ts'

/** What becomes physically true, at the moment at which it does. What the API server stores, its own changes tell. */
export type WorldEvent =
  | { readonly kind: 'MachineBecame'; readonly machine: string; readonly state: MachineState; readonly bootID: string }
  | { readonly kind: 'KernelLogged'; readonly machine: string; readonly line: string }
  | { readonly kind: 'ConnectionBecame'; readonly machine: string; readonly connected: boolean }
  | {
      readonly kind: 'ProcessStarted' | 'ProcessKilled' | 'ProcessExited'
      readonly machine: string
      readonly pod: PodIdentity
    }
  /** A process has a volume open, or no longer. It writes whenever its machine runs. */
  | {
      readonly kind: 'DiskOpened' | 'DiskClosed'
      readonly disk: string
      readonly machine: string
      readonly pod: PodIdentity
    }
  /** Catastrophe: more than one machine writes to a volume that is for one. */
  | { readonly kind: 'DoubleWriter'; readonly disk: string; readonly machines: readonly string[] }
  /** The script of a node job has found boot and time right, and begins. */
  | {
      readonly kind: 'NodeCommandBegan'
      readonly machine: string
      readonly pod: PodIdentity
      readonly task: NodeTask
    }
  | {
      readonly kind: 'NodeCommandRan'
      readonly machine: string
      readonly pod: PodIdentity
      readonly outcome: NodeCommandOutcome
    }
  | { readonly kind: 'PowerCommanded'; readonly entry: PowerLogEntry }
  | { readonly kind: 'BmcMisbehaved'; readonly machine: string; readonly fault: BmcFault }
  | { readonly kind: 'KarpenterMisbehaved'; readonly fault: KarpenterFault }
  | { readonly kind: 'AlertBecame'; readonly alert: string; readonly machine: string; readonly firing: boolean }
  | { readonly kind: 'MetricBecame'; readonly metric: string; readonly machine: string; readonly level: MetricLevel }
  | { readonly kind: 'MachineLaunched' | 'MachineTerminated'; readonly machine: string; readonly nodeClaim: string }
  /** An actor of the world was refused by the API server and will try again. */
  | { readonly kind: 'ActorRefused'; readonly actor: string; readonly key: string; readonly message: string }

/**
 * What Prometheus has read of a machine. Beyond: past the limit of its metric. Near: short of it, and not so far that trouble which
 * was there would be over. Away: so far. Silent: it was not read any more.
 */
export type MetricLevel = 'Beyond' | 'Near' | 'Away' | 'Silent'

export type MachineState = 'Running' | 'Hung' | 'Booting' | 'Off'

export interface PodIdentity {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** What the script of a node job did: a machine that is not the one that was meant, or an order too old, is left alone. */
export type NodeCommandOutcome =
  | 'Rebooted'
  | 'WrongBoot'
  | 'TooLate'
  | 'NoAnswer'
  | 'DiskFreed'
  | 'DiskStillFull'
  | 'Restarted'
  | 'NotRestarted'

/** How a BMC failed whoever called it, at the moment at which it did. */
export type BmcFault =
  | 'Unreachable'
  | 'BadCredentials'
  | 'AnswerLost'
  | 'CommandIgnored'
  | 'ObeyedLate'
  | 'PowerMisread'
  | 'ReadingStale'
  | 'BlinkedOff'
  | 'SessionLimit'
  | 'Slow'
  | 'ResetItself'
  | 'WrongHost'

export type KarpenterFault = 'FinalizerKept' | 'NoCapacity' | 'NeverRegistered' | 'MachineReclaimed'

/** One command that reached a BMC, with what was so before and after it. */
export interface PowerLogEntry {
  readonly at: Instant
  readonly machine: string
  readonly command: 'Read' | 'Off' | 'On'
  readonly outcome: 'Done' | 'Ignored' | 'Denied' | 'Lost'
  readonly before: MachineState
  readonly after: MachineState
}
