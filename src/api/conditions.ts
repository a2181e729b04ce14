import { type Instant, rfc3339 } from '../kernel/time.ts'
import type { Condition } from './v1alpha1/schema.ts'

/** Every condition that a kind may bear, with the status that it has when nothing is amiss. */
export const conditionTypes = {
  NodeRemediationPolicy: { Ready: 'True', RemediationAllowed: 'True', BreakerClosed: 'True' },
  RemediationGuard: { Ready: 'True', BreakerClosed: 'True' },
  NodeHealth: { Healthy: 'True', Held: 'False' },
  NodeRemediation: {
    Approved: 'True',
    Claimed: 'True',
    Cordoned: 'True',
    Drained: 'True',
    Treated: 'True',
    Verified: 'True',
    Released: 'True',
    Held: 'False',
    Succeeded: 'True',
    Planned: 'True',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, 'True' | 'False'>>>>

/** The list with that condition in it. `lastTransitionTime` moves only when `status` does; the order of types stays. */
export function withCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  now: Instant,
): readonly Condition[] {
  const before = conditions.find(({ type }) => type === next.type)
  const lastTransitionTime = before?.status === next.status ? before.lastTransitionTime : rfc3339(now)
  const condition: Condition = { ...next, lastTransitionTime }
  return before === undefined
    ? [...conditions, condition]
    : conditions.map((candidate) => (candidate === before ? condition : candidate))
}
