import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'

export interface PauseScope {
  readonly policyName: string
  /** Undefined: asked for the policy, not for one node. */
  readonly nodeName: string | undefined
}

/** Pauses in force for this policy and node, widest first. One whose `until` cannot be read is in force: when in doubt, stop. */
export function pausesInForce(
  pauses: readonly RemediationPause[],
  scope: PauseScope,
  now: Instant,
): readonly RemediationPause[] {
  const inForce = pauses.filter((pause) => !isOver(pause, now) && covers(pause, scope))
  return inForce.toSorted(
    (left, right) => width(left) - width(right) || (left.metadata.name < right.metadata.name ? -1 : 1),
  )
}

function covers({ spec }: RemediationPause, { policyName, nodeName }: PauseScope): boolean {
  if (spec === undefined || spec.scope.everything !== undefined) return true
  return spec.scope.policyName === policyName || (nodeName !== undefined && spec.scope.nodeName === nodeName)
}

function isOver({ spec }: RemediationPause, now: Instant): boolean {
  const until = parseTime(spec?.until)
  return until !== undefined && now >= until
}

const width = ({ spec }: RemediationPause): number => {
  if (spec === undefined || spec.scope.everything !== undefined) return 0
  return spec.scope.policyName === undefined ? 2 : 1
}
