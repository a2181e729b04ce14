import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { BudgetView } from '../../domain/budget/gates.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { Informer } from '../../runtime/informer.ts'

export interface TriagePorts {
  readonly clock: Clock
  readonly reader: ClusterReader
  readonly effects: Effects
  readonly journal: Journal
  readonly log: Log
  readonly health: Informer<NodeHealth>
  readonly runs: Informer<NodeRemediation, 'node' | 'policy'>
  /** Undefined: the policy is gone, cannot be read, or is not valid; or there is no guard. */
  readonly shared: (policyName: string) => Pick<BudgetView, 'policy' | 'guard' | 'ledgerUID' | 'pauses' | 'figures'> | undefined
}
