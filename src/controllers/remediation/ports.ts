import type { AlertsSeen } from '../../domain/detect/evidence.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Power } from '../../ports/power.ts'
import type { EventRecorder } from '../../runtime/events.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { SharedView } from '../shared-view.ts'

/** What the remediation controller needs. `effects` are fenced; reads are live. */
export interface RemediationPorts {
  readonly clock: Clock
  readonly reader: ClusterReader
  readonly power: Pick<Power, 'read'>
  readonly effects: Effects
  readonly shared: Pick<SharedView, 'policy' | 'guard' | 'pauses' | 'figures'>
  /** `fresh` polls now: what Alertmanager says may license an act. */
  readonly alerts: { readonly seen: () => AlertsSeen; readonly fresh: () => Promise<AlertsSeen> }
  readonly events: EventRecorder
  readonly journal: Journal
  readonly log: Log
  readonly config: RemediationConfig
}

export interface RemediationConfig {
  /** Where BMC secrets and node jobs live. */
  readonly namespace: string
  readonly nodeJobImage: string
}
