import type { Node } from '../../api/core/node.ts'
import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Instant } from '../../kernel/time.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Disturbance } from './disturbance.ts'
import type { Moment, SignalMemory } from './signal-memory.ts'
import type { SourcesSeen } from './sources-seen.ts'

/** All that may be known when one node is judged. Reads are from caches: what they license is judged again on live reads. */
export interface HealthObservation extends Moment {
  /** Asked where a stored moment has to have passed: a clock that is set forward frees nothing. Left out: `now`. */
  readonly nowAtLeast?: Instant
  /** What RBAC refused of late, as `patch nodes`; left out: nothing. */
  readonly missingRight?: string | undefined
  readonly nodeName: string
  /** Undefined: gone. */
  readonly node: Node | undefined
  /** Every policy whose spec could be read. */
  readonly policies: readonly PreparedPolicy[]
  readonly memory: SignalMemory | undefined
  /** The last one of this process, however long ago; undefined: there was none. */
  readonly disturbance: Disturbance | undefined
  readonly sources: SourcesSeen
  /** Starts of runs on this node, over all policies. */
  readonly starts: readonly Start[]
  /** Runs on this node, open and over. */
  readonly runs: readonly NodeRemediation[]
  /** What stands around the node. Undefined: it is not asked, for there is no diagnosis yet. */
  readonly around: Surroundings | undefined
  /** The object as it stands. */
  readonly stored: NodeHealth | undefined
}
