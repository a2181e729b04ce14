import type { Condition } from '../../api/v1alpha1/schema.ts'
import { type Instant, rfc3339 } from '../../kernel/time.ts'

type Fact = Omit<Condition, 'lastTransitionTime'>

/** The time of transition moves only when the status does. */
export function withTransition(fact: Fact, before: readonly Condition[], now: Instant): Condition {
  const known = before.find(({ type }) => type === fact.type)
  return { ...fact, lastTransitionTime: known?.status === fact.status ? known.lastTransitionTime : rfc3339(now) }
}
