import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { LabelRequirement, Labels } from '../../kernel/selector.ts'
import { hold, pass } from '../budget/gates.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { NearMiss, OtherPolicy, PolicySelection } from '../policy/select-policy.ts'
import { describeIssue } from '../policy/validate-policy.ts'

/** Whether a policy answers for the node, and can. */
export function selected(selection: PolicySelection, labels: Labels): GateAnswer {
  if (selection.kind === 'None') return notSelected(selection.nearest)
  const { policy } = selection
  if (selection.kind === 'Conflict') return conflicting([policy, ...selection.rivals], labels)
  return invalid(policy) ?? pass('Selected', `${policy.name} (priority ${policy.spec.priority})`)
}

/** What another policy that selects the node answers; undefined: it is neither outranked nor in conflict, nor invalid. */
export function otherSelected(
  { policy, reason }: OtherPolicy,
  acting: PreparedPolicy,
  labels: Labels,
): GateAnswer | undefined {
  if (reason === undefined) return invalid(policy)
  if (reason === 'ConflictingPolicies') return conflicting([acting, policy], labels)
  const message = `${acting.name} acts with priority ${acting.spec.priority}, above ${policy.spec.priority} of ${policy.name}`
  return hold('Selected', 'PolicyOutranked', { message, unblockedBy: 'a priority or selector change' })
}

function notSelected(nearest: NearMiss | undefined): GateAnswer {
  const message =
    nearest === undefined ? 'there is no policy' : `no policy selects this node; nearest is ${describeNearest(nearest)}`
  return hold('Selected', 'NotSelected', { message, unblockedBy: 'a label or selector change' })
}

function describeNearest({ policyName, requirement, found }: NearMiss): string {
  const has =
    found === undefined ? `the node has no label ${requirement.key}` : `the node has ${requirement.key}=${found}`
  return `${policyName}, which wants ${describeRequirement(requirement)}; ${has}`
}

function describeRequirement({ key, operator, values = [] }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(', ')})`
    case 'NotIn':
      return `${key} not in (${values.join(', ')})`
    case 'Exists':
      return `the label ${key}`
    case 'DoesNotExist':
      return `no label ${key}`
    default:
      return unreachable(operator)
  }
}

function conflicting(policies: readonly PreparedPolicy[], labels: Labels): GateAnswer {
  const names = policies.map(({ name }) => name).toSorted()
  const keys = new Set(policies.flatMap(({ spec }) => selectorKeys(spec.nodeSelector)))
  const selecting = [...keys].filter((key) => Object.hasOwn(labels, key)).map((key) => `${key}=${labels[key]}`)
  const where = `with priority ${policies[0]?.spec.priority} on nodes with ${selecting.join(', ')}`
  const message = `${names.join(' and ')} would act ${where}; none of them does`
  return hold('Selected', 'ConflictingPolicies', {
    message,
    unblockedBy: 'another priority, or narrowing one selector',
  })
}

const selectorKeys = ({ matchLabels, matchExpressions }: PreparedPolicy['spec']['nodeSelector']): readonly string[] => [
  ...Object.keys(matchLabels ?? {}),
  ...(matchExpressions ?? []).map(({ key }) => key),
]

function invalid({ name, issues }: PreparedPolicy): GateAnswer | undefined {
  const [issue] = issues
  if (issue === undefined) return undefined
  const more = issues.length === 1 ? '' : `, and ${issues.length - 1} more`
  const unblockedBy =
    issue.reason === 'PolicyInvalid' ? 'a valid policy' : '`clearedWhen` on the signal, or another rung'
  return hold('Selected', issue.reason, {
    message: `policy ${name}: ${describeIssue(issue)}${more}`.slice(0, 1_024),
    unblockedBy,
  })
}
