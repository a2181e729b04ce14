import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { kindOf, noStatus, objectName, oneOf, text, withRules } from './schema.ts'

export const approvalSpecSchema = withRules(
  z
    .object({
      runName: objectName('The run.'),
      runUID: text(64, 'Its UID.').min(1),
      policyName: objectName('Its policy.'),
      planHash: text(64, 'The plan that was read.').min(4),
      decision: oneOf(['Approve', 'Reject'], 'Yes or no.'),
      reason: text(1024, 'Why.').min(1),
      approver: text(256, 'Who: must be the user who creates the object.').min(1),
    })
    .describe("One person's yes or no to one plan."),
  { rule: 'self == oldSelf', message: 'is immutable: one person decides once about one plan' },
)

export type ApprovalSpec = DeepReadonly<z.output<typeof approvalSpecSchema>>

export const approvalKind = kindOf<ApprovalSpec, Record<string, never>>(
  { kind: 'RemediationApproval', plural: 'remediationapprovals' },
  approvalSpecSchema,
  noStatus,
)
