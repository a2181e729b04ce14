import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GuardSpec } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { Figures } from '../../domain/budget/figures.ts'
import type { AlertsSeen } from '../../domain/detect/evidence.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Power } from '../../ports/power.ts'
import type { EventRecorder } from '../../runtime/events.ts'
import type { Effects } from '../../runtime/fenced.ts'

/** What the remediation controller needs. `effects` are fenced; reads are live. */
export interface RemediationPorts {
  readonly clock: Clock
  readonly reader: ClusterReader
  readonly power: Pick<Power, 'read'>
  readonly effects: Effects
  readonly shared: SharedView
  /** Polls now: what Alertmanager says may license an act. */
  readonly freshAlerts: () => Promise<AlertsSeen>
  readonly events: EventRecorder
  readonly journal: Journal
  readonly config: RemediationConfig
}

/** What the runs share, from caches: policies, guard, pauses and figures move slowly, and the ledger alone decides between runs. */
export interface SharedView {
  readonly policy: (name: string) => PolicySpec | undefined
  readonly guard: () => { readonly spec: GuardSpec; readonly ledgerUID: string | undefined } | undefined
  readonly pauses: () => readonly RemediationPause[]
  readonly figures: (policyName: string) => Figures
}

export interface RemediationConfig {
  /** Where BMC secrets and node jobs live. */
  readonly namespace: string
  readonly nodeJobImage: string
}
