import type { Node } from '../../api/core/node.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { ClusterTime } from '../../ports/clock.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Meter } from '../../ports/meter.ts'
import type { EventRecorder } from '../../runtime/events.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { AlertPoll } from '../alert-poll.ts'
import type { Disturbances } from '../disturbances.ts'
import type { PreparedPolicies } from '../prepared-policies.ts'
import type { Providers } from '../providers.ts'
import type { RipeDiagnoses } from '../ripe-diagnoses.ts'
import type { MetricFeeds } from '../sources/metric-feeds.ts'
import type { Sources } from '../sources/sources.ts'
import type { SurroundingsView } from '../surroundings.ts'
import type { Watched } from '../watched.ts'

/** What the health controller needs. Reads are from caches: it accuses, and never acts. */
export interface HealthPorts {
  readonly clock: ClusterTime
  readonly effects: Pick<Effects, 'cluster'>
  readonly events: EventRecorder
  readonly journal: Journal
  readonly ripe: Pick<RipeDiagnoses, 'note'>
  /** What RBAC refused of late: `patch nodes`. */
  readonly missingRight: () => string | undefined
  readonly disturbances: Pick<Disturbances, 'last' | 'onChange'>
  readonly log: Log
  readonly meter: Meter
  readonly nodes: Watched<Node>
  readonly policies: Watched<NodeRemediationPolicy>
  readonly prepared: PreparedPolicies
  readonly runs: Watched<NodeRemediation, 'node' | 'policy'>
  readonly health: Watched<NodeHealth>
  readonly ledger: Watched<DisruptionLedger>
  readonly alerts: AlertPoll
  readonly fromMetrics: Pick<MetricFeeds, 'whenPolled'>
  readonly sources: Pick<Sources, 'seen' | 'onChange'>
  readonly surroundings: Pick<SurroundingsView, 'of'>
  readonly providers: Pick<Providers, 'onAnswer'>
}
