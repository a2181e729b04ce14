import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { ClusterTime } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { Disturbances } from '../disturbances.ts'
import type { Sources } from '../sources/sources.ts'
import type { Watched } from '../watched.ts'

/** What following up needs. It looks at caches; the node is read live before a grade is written, for it is written once. */
export interface GradePorts {
  readonly clock: ClusterTime
  readonly reader: Pick<ClusterReader, 'get'>
  readonly effects: Pick<Effects, 'cluster'>
  readonly journal: Journal
  readonly log: Log
  readonly disturbances: Pick<Disturbances, 'frozen'>
  readonly sources: Pick<Sources, 'seen'>
  readonly runs: Watched<NodeRemediation, 'node' | 'policy'>
  readonly nodes: Watched<Node>
  readonly health: Watched<NodeHealth>
  readonly pauses: Watched<RemediationPause>
  readonly policies: Watched<NodeRemediationPolicy>
}
