import type { Node } from '../../api/core/node.ts'
import type { NodeService } from '../../api/node-services.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Mono } from '../../kernel/time.ts'
import type { ClusterTime } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Power } from '../../ports/power.ts'
import type { EventRecorder } from '../../runtime/events.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { Budgets } from '../budgets.ts'
import type { Disturbances } from '../disturbances.ts'
import type { LedgerClerk } from '../ledger-clerk.ts'
import type { LedgerCustody } from '../ledger-custody.ts'
import type { Neighbours } from '../neighbours.ts'
import type { SharedView } from '../shared-view.ts'
import type { Sources } from '../sources/sources.ts'
import type { SurroundingsView } from '../surroundings.ts'
import type { Watched } from '../watched.ts'
import type { Sightings } from './sightings.ts'

/** What the remediation controller needs. Reads are live. */
export interface RemediationPorts {
  readonly clock: ClusterTime
  readonly reader: ClusterReader
  readonly power: Pick<Power, 'read'>
  /** Fenced: what is said of a run. */
  readonly effects: Pick<Effects, 'cluster'>
  /** Fenced, and refused once the reads that license them are too old: whatever touches the world. */
  readonly onEvidenceOf: (readAt: Mono) => Effects
  readonly disturbances: Pick<Disturbances, 'last' | 'frozen'>
  readonly sightings: Sightings
  readonly custody: LedgerCustody
  readonly clerk: Pick<LedgerClerk, 'write'>
  /** What RBAC refused of late: `patch nodes`. */
  readonly missingRight: () => string | undefined
  readonly shared: Pick<SharedView, 'policy' | 'guard' | 'figures' | 'pauses'>
  /** `fresh` asks now: what a source says may license an act. */
  readonly sources: Pick<Sources, 'fresh'>
  readonly neighbours: Pick<Neighbours, 'seen' | 'fresh'>
  readonly surroundings: Pick<SurroundingsView, 'of' | 'vital'>
  readonly budgets: Pick<Budgets, 'of'>
  readonly runs: Watched<NodeRemediation, 'node' | 'policy'>
  readonly nodes: Watched<Node>
  readonly events: EventRecorder
  readonly journal: Journal
  readonly log: Log
  readonly config: RemediationConfig
}

export interface RemediationConfig {
  /** Where BMC secrets and node jobs live. */
  readonly namespace: string
  readonly nodeJobImage: string
  /** Services that may be restarted beside the well-known ones, and how without systemd. */
  readonly nodeServices?: readonly NodeService[] | undefined
  /** Where this process runs. */
  readonly nodeName?: string | undefined
}
