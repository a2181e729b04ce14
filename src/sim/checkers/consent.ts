import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { textAt } from '../../kernel/json.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'
import type { Truth } from './checker.ts'
import type { SpecHistory } from './spec-history.ts'

interface Asked {
  readonly policies: SpecHistory<PolicySpec>
  readonly since: Instant
  readonly truth: Truth
}

/** How long people have to answer; undefined: whoever was behind with the policy may have known another time. */
export function consentMsOf({ spec, status }: NodeRemediation, asked: Asked): number | undefined {
  const own = spec?.treatments[status.step?.rung ?? 0]?.approval
  const found = own ?? ofPolicy(spec?.policyName ?? '', asked)?.approval
  return found && seconds(found.timeoutSeconds)
}

/** Where it has been the same one, and said the same, ever since. */
function ofPolicy(name: string, { policies, since, truth }: Asked): PolicySpec | undefined {
  const stored = truth.world.objects.get(`${policyKind.plural}.prunella.dev`, { name })
  const createdAt = parseTime(textAt(stored, 'metadata', 'creationTimestamp'))
  if (createdAt === undefined || createdAt > since) return undefined
  const known = policies.inForceSince(name, since, truth.policy(name))
  return known.length === 1 ? known[0] : undefined
}
