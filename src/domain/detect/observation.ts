import type { Node } from '../../api/core/node.ts'
import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { AlertsSeen } from './evidence.ts'
import type { Moment, SignalMemory } from './signal-memory.ts'

/** All that may be known when one node is judged. Reads are from caches: what they license is judged again on live reads. */
export interface HealthObservation extends Moment {
  readonly nodeName: string
  /** Undefined: gone. */
  readonly node: Node | undefined
  /** Every policy whose spec could be read. */
  readonly policies: readonly PreparedPolicy[]
  readonly memory: SignalMemory | undefined
  readonly alerts: AlertsSeen
  /** Starts of runs on this node, over all policies. */
  readonly starts: readonly Start[]
  /** Runs on this node, open and over. */
  readonly runs: readonly NodeRemediation[]
  /** The object as it stands. */
  readonly stored: NodeHealth | undefined
}
