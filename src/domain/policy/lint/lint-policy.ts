import type { PolicySpec } from '../../../api/v1alpha1/node-remediation-policy.ts'
import { validatePolicy } from '../validate-policy.ts'
import { conditionFindings } from './conditions.ts'
import { diagnosisFindings } from './diagnoses.ts'
import type { LintFinding } from './finding.ts'
import { holdFindings, type PollIntervals } from './holds.ts'
import { ladderFindings } from './ladders.ts'
import { numberFindings } from './numbers.ts'

/** Everything that a policy says of itself, without a cluster: what it would be refused for, and what it hardly can mean. */
export const lintPolicy = (spec: PolicySpec, polls: PollIntervals): readonly LintFinding[] => [
  ...validatePolicy(spec).map(
    ({ field, reason, message }): LintFinding => ({ severity: 'Error', rule: reason, field, message }),
  ),
  ...conditionFindings(spec),
  ...holdFindings(spec, polls),
  ...numberFindings(spec),
  ...diagnosisFindings(spec),
  ...ladderFindings(spec),
]
