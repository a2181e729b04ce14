import type { Node } from '../../api/core/node.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { RemediationGuard } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { ClusterFigures, Figures } from '../../domain/budget/figures.ts'
import type { ClusterTime } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { EventRecorder } from '../../runtime/events.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { AlertPoll } from '../alert-poll.ts'
import type { LedgerClerk } from '../ledger-clerk.ts'
import type { PreparedPolicies } from '../prepared-policies.ts'
import type { Sources } from '../sources/sources.ts'
import type { Watched } from '../watched.ts'

/** What the policy controller needs. Statuses are for people and rest on caches; the ledger decides, and is read live. */
export interface PolicyPorts {
  readonly clock: ClusterTime
  /** Live: a slot is given back for somebody else only by what it says. */
  readonly reader: ClusterReader
  readonly effects: Pick<Effects, 'cluster'>
  readonly events: EventRecorder
  readonly journal: Journal
  readonly log: Log
  readonly policies: Watched<NodeRemediationPolicy>
  readonly prepared: PreparedPolicies
  readonly guards: Watched<RemediationGuard>
  readonly ledger: Watched<DisruptionLedger>
  readonly clerk: Pick<LedgerClerk, 'write'>
  readonly pauses: Watched<RemediationPause>
  readonly nodes: Watched<Node>
  readonly health: Watched<NodeHealth>
  readonly runs: Watched<NodeRemediation, 'node' | 'policy'>
  readonly alerts: AlertPoll
  readonly sources: Pick<Sources, 'health' | 'onChange'>
  /** Counted once for everybody: one walk over the fleet is enough for a storm. */
  readonly shared: {
    readonly figures: (policyName: string) => Figures
    readonly clusterFigures: () => ClusterFigures
  }
}
