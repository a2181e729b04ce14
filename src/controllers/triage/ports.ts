import type { Node } from '../../api/core/node.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Mono } from '../../kernel/time.ts'
import type { ClusterTime } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { Disturbances } from '../disturbances.ts'
import type { Providers } from '../providers.ts'
import type { RipeDiagnoses } from '../ripe-diagnoses.ts'
import type { SharedView } from '../shared-view.ts'
import type { Sources } from '../sources/sources.ts'
import type { SurroundingsView } from '../surroundings.ts'
import type { Watched } from '../watched.ts'

export interface TriagePorts {
  readonly clock: ClusterTime
  readonly disturbances: Pick<Disturbances, 'frozen'>
  readonly ripe: Pick<RipeDiagnoses, 'get'>
  readonly sources: Pick<Sources, 'seen'>
  readonly reader: Pick<ClusterReader, 'get' | 'list'>
  readonly onEvidenceOf: (readAt: Mono) => Pick<Effects, 'cluster'>
  readonly journal: Journal
  readonly log: Log
  readonly health: Watched<NodeHealth>
  readonly runs: Watched<NodeRemediation, 'node' | 'policy'>
  readonly nodes: Pick<Watched<Node>, 'get'>
  readonly ledger: Pick<Watched<DisruptionLedger>, 'get'>
  readonly surroundings: Pick<SurroundingsView, 'of'>
  readonly providers: Pick<Providers, 'ask' | 'onAnswer'>
  readonly shared: Pick<SharedView, 'policy' | 'guard' | 'pauses' | 'hearsOfPauses' | 'figures'>
}
