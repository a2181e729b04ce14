import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'

/** What a node asks of people, worst last. Facts and permission are separate: held does not mean healed. */
type Attention = 'Healthy' | 'AtRisk' | 'Repairing' | 'Unknown' | 'Unhealthy' | 'Held'

export interface Attended {
  readonly attention: Attention
  /** Undefined: nobody has noted it. */
  readonly since: Instant | undefined
}

export interface Believed {
  /** Undefined: the node is plainly healthy, as long as the operator is alive. */
  readonly health: NodeHealth | undefined
  /** Undefined: none is open. Dry runs do not count. */
  readonly run: NodeRemediation | undefined
}

/** The run comes first, because a node that is power-cycled is silent by our own doing. */
export const attentionOf = ({ health, run }: Believed): Attended =>
  run !== undefined && isActing(run) ? attentionOfRun(run) : attentionOfHealth(health)

function attentionOfRun({ status, metadata }: NodeRemediation): Attended {
  const held = conditionOf(status.conditions, 'Held')
  if (status.step?.name === 'Quarantined' || held?.status === 'True') {
    return { attention: 'Held', since: parseTime(held?.lastTransitionTime ?? status.step?.since) }
  }
  return { attention: 'Repairing', since: parseTime(status.startTime ?? metadata.creationTimestamp) }
}

/** The first that matches. */
function attentionOfHealth(health: NodeHealth | undefined): Attended {
  const healthy = conditionOf(health?.status.conditions ?? [], 'Healthy')
  const since = parseTime(healthy?.lastTransitionTime)
  if (healthy?.status === 'False') return { attention: 'Unhealthy', since }
  if (healthy?.status === 'Unknown' || isInDoubt(health)) return { attention: 'Unknown', since }
  if (healthy?.reason === 'AtRisk') return { attention: 'AtRisk', since }
  return { attention: 'Healthy', since: undefined }
}

export const isActing = (run: NodeRemediation): boolean => isOpen(run) && run.spec?.dryRun !== true

const isInDoubt = (health: NodeHealth | undefined): boolean =>
  health?.status.gates.some(({ gate, result }) => gate === 'SignalFresh' && result === 'Unknown') ?? false

export const conditionOf = (conditions: readonly Condition[], type: string): Condition | undefined =>
  conditions.find((known) => known.type === type)
