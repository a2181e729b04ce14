import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { ClusterTime } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { Informer } from '../../runtime/informer.ts'
import type { Disturbances } from '../disturbances.ts'
import type { Providers } from '../providers.ts'
import type { RipeDiagnoses } from '../ripe-diagnoses.ts'
import type { SharedView } from '../shared-view.ts'
import type { Sources } from '../sources/sources.ts'
import type { SurroundingsView } from '../surroundings.ts'

export interface TriagePorts {
  readonly clock: ClusterTime
  readonly disturbances: Pick<Disturbances, 'frozen'>
  readonly ripe: Pick<RipeDiagnoses, 'get'>
  readonly sources: Pick<Sources, 'seen'>
  readonly reader: ClusterReader
  readonly effects: Effects
  readonly journal: Journal
  readonly log: Log
  readonly health: Informer<NodeHealth>
  readonly runs: Informer<NodeRemediation, 'node' | 'policy'>
  readonly surroundings: Pick<SurroundingsView, 'of'>
  readonly providers: Pick<Providers, 'ask' | 'onAnswer'>
  readonly shared: Pick<SharedView, 'policy' | 'guard' | 'pauses' | 'figures'>
}
