import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Labels } from '../../kernel/selector.ts'
import type { Mono } from '../../kernel/time.ts'
import type { BudgetView } from '../budget/gates.ts'
import type { Frozen } from '../detect/disturbance.ts'
import type { RipeDiagnosis } from '../detect/ripe.ts'
import type { SourcesSeen } from '../detect/sources-seen.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'

/** All that the start of a run may depend on. Plain JSON. */
export interface TriageObservation {
  /** Why nothing may be started right now; undefined: nothing stands in the way. */
  readonly frozen: Frozen
  /** The diagnosis, where this process itself has seen it for as long as it must hold. */
  readonly ripe: RipeDiagnosis | undefined
  readonly sources: SourcesSeen
  /** Of this process, compared only with other moments of its own. */
  readonly mono: Mono
  readonly health: NodeHealth
  /** Read live: whose identity the run is bound to. Undefined: gone. */
  readonly node: Node | undefined
  /** Every run on this node, dry runs included. */
  readonly runs: readonly NodeRemediation[]
  /** Runs on other nodes that will claim a slot and have not yet. */
  readonly claiming: readonly NodeRemediation[]
  /** Of their nodes, by name; one that the cache does not know is left out, and counts in no domain. */
  readonly claimingLabels: Readonly<Record<string, Labels>>
  /** Undefined: no policy would act, or it cannot be read. */
  readonly shared: Omit<BudgetView, 'node' | 'runUID'> | undefined
  /** As the caches show it now. Undefined: the node is gone. */
  readonly around: Surroundings | undefined
}
