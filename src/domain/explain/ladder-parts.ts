import type { Node } from '../../api/core/node.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { RemediationGuard } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { Instant } from '../../kernel/time.ts'

/** The objects that a reader could read. What could not be read is Unknown in the ladder, and never a pass. */
export interface LadderParts {
  readonly now: Instant
  readonly node: Node
  /** Undefined: there is none. */
  readonly health: NodeHealth | undefined
  readonly policies: readonly NodeRemediationPolicy[]
  readonly guard: RemediationGuard | undefined
  readonly ledger: DisruptionLedger | undefined
  readonly pauses: readonly RemediationPause[]
  /** The open run of the node, dry runs left out. Undefined: none is open. */
  readonly run: NodeRemediation | undefined
  /** What could not be read, and why: `forbidden`. Left out: everything could. */
  readonly unreadable?: Partial<Readonly<Record<ReadablePart, string>>>
}

type ReadablePart = 'health' | 'policies' | 'guard' | 'ledger' | 'pauses' | 'run'
