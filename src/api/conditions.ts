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

type Fact = Omit<Condition, 'lastTransitionTime'>

/** `lastTransitionTime` moves only when `status` does. */
export function withTransition(fact: Fact, before: readonly Condition[], now: Instant): Condition {
  const known = before.find(({ type }) => type === fact.type)
  return { ...fact, lastTransitionTime: known?.status === fact.status ? known.lastTransitionTime : rfc3339(now) }
}

/** The list with that condition in it; the order of types stays. */
export function withCondition(conditions: readonly Condition[], next: Fact, now: Instant): readonly Condition[] {
  const condition = withTransition(next, conditions, now)
  const isKnown = conditions.some(({ type }) => type === next.type)
  return isKnown
    ? conditions.map((known) => (known.type === next.type ? condition : known))
    : [...conditions, condition]
}
