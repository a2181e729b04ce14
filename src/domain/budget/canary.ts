import type { Proven } from '../../api/v1alpha1/disruption-ledger.ts'
import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import { stableStringify } from '../../kernel/json.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { type Instant, rfc3339 } from '../../kernel/time.ts'

type Planned = Pick<RunSpec, 'policyName' | 'treatments' | 'requestedBy'> & {
  readonly cause: Pick<RunSpec['cause'], 'diagnosis' | 'class' | 'when' | 'signals'>
}

/**
 * What a run will do and why, as a hash: it changes with diagnosis, signals and ladder, and with nothing else of a policy, so that
 * a budget raised at night costs no canary. Undefined for manual runs: a person watches those.
 */
export function planOf({ policyName, cause, treatments, requestedBy }: Planned): string | undefined {
  if (requestedBy !== undefined) return undefined
  const { diagnosis, class: kind, when, signals } = cause
  return shortHash(stableStringify({ policyName, diagnosis, kind, when, signals, treatments }))
}

/** The oldest are forgotten: what is forgotten costs a canary, no more. */
const provenMax = 200

/** A run of this plan was verified. An older ladder of the same diagnosis gives way. */
export function withProven(
  proven: readonly Proven[],
  { plan, policyName, diagnosis }: Omit<Proven, 'provenTime'>,
  now: Instant,
): readonly Proven[] {
  if (proven.some((known) => known.plan === plan)) return proven
  const others = proven.filter((known) => known.policyName !== policyName || known.diagnosis !== diagnosis)
  return [...others.slice(1 - provenMax), { plan, policyName, diagnosis, provenTime: rfc3339(now) }]
}
