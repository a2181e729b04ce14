import type { Alerts } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal, Log } from '../ports/journal.ts'
import type { Power } from '../ports/power.ts'
import type { Transport } from '../ports/transport.ts'

/** What the operator needs from the world: built by `main` from adapters, by `sim` from the simulated world. */
export interface OperatorPorts {
  readonly clock: Clock
  readonly transport: Transport
  readonly power: Power
  readonly alerts: readonly Alerts[]
  readonly log: Log
  readonly journal: Journal
}

export interface OperatorConfig {
  /** New for every start of a process: a restarted one must not inherit what it cannot remember. */
  readonly identity: string
  /** Seeds jitter; never a decision. */
  readonly seed: number
  /** Where our Lease, the BMC secrets and node jobs live. */
  readonly namespace: string
  /** Image of the jobs that run on a node, by digest. */
  readonly nodeJobImage: string
  readonly alertPollSeconds: number
  /** How long a new leader waits before its first power command: a predecessor's last one may still be under way. */
  readonly powerGuardGapSeconds: number
}
