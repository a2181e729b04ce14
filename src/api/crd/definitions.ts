import { ledgerKind, ledgerName, ledgerSpecSchema } from '../v1alpha1/disruption-ledger.ts'
import { healthKind, healthSpecSchema, healthStatusSchema } from '../v1alpha1/node-health.ts'
import { runKind, runSpecSchema, runStatusSchema } from '../v1alpha1/node-remediation.ts'
import { policyKind, policySpecSchema, policyStatusSchema } from '../v1alpha1/node-remediation-policy.ts'
import { approvalKind, approvalSpecSchema } from '../v1alpha1/remediation-approval.ts'
import { guardKind, guardName, guardSpecSchema, guardStatusSchema } from '../v1alpha1/remediation-guard.ts'
import { pauseKind, pauseSpecSchema } from '../v1alpha1/remediation-pause.ts'
import type { CelRule } from '../v1alpha1/schema.ts'
import {
  approvalColumns,
  guardColumns,
  healthColumns,
  ledgerColumns,
  pauseColumns,
  policyColumns,
  runColumns,
} from './columns.ts'
import type { Definition } from './definition.ts'

const onlyOne = (name: string): CelRule => ({
  rule: `self.metadata.name == '${name}'`,
  message: `there is one for the whole cluster, and its name must be '${name}'`,
})

/** The seven kinds of the group. */
export const definitions: readonly Definition[] = [
  {
    names: policyKind,
    shortNames: ['nrp'],
    description: 'Which nodes, what is sick, what to do, and how far it may go. Written by people.',
    spec: policySpecSchema,
    status: { schema: policyStatusSchema, subresource: true },
    rules: [],
    columns: policyColumns,
    selectableFields: ['.spec.mode'],
  },
  {
    names: guardKind,
    shortNames: ['rguard'],
    description: 'Caps over all policies. Written by people.',
    spec: guardSpecSchema,
    status: { schema: guardStatusSchema, subresource: true },
    rules: [onlyOne(guardName)],
    columns: guardColumns,
    selectableFields: [],
  },
  {
    names: pauseKind,
    shortNames: ['pause'],
    description: 'Stop: new runs, new evictions and treatments; never clean-up. Written by whoever is on call.',
    spec: pauseSpecSchema,
    status: undefined,
    rules: [],
    columns: pauseColumns,
    selectableFields: ['.spec.scope.policyName', '.spec.scope.nodeName'],
  },
  {
    names: healthKind,
    shortNames: ['nh'],
    description: 'What is believed of one node that is not plainly healthy. Written by machines.',
    spec: healthSpecSchema,
    status: { schema: healthStatusSchema, subresource: false },
    rules: [{ rule: 'self.metadata.name == self.spec.node.name', message: 'must bear the name of its node' }],
    columns: healthColumns,
    selectableFields: ['.spec.node.name', '.spec.policyName'],
  },
  {
    names: runKind,
    shortNames: ['nr'],
    description: 'One run on one node: its cause, its plan, its steps, its evidence and its end.',
    spec: runSpecSchema,
    status: { schema: runStatusSchema, subresource: true },
    rules: [],
    columns: runColumns,
    selectableFields: ['.spec.node.name', '.spec.policyName', '.spec.dryRun'],
  },
  {
    names: approvalKind,
    shortNames: ['nra'],
    description: "One person's yes or no to one plan.",
    spec: approvalSpecSchema,
    status: undefined,
    rules: [],
    columns: approvalColumns,
    selectableFields: ['.spec.runName', '.spec.policyName'],
  },
  {
    names: ledgerKind,
    shortNames: ['dl'],
    description: 'Who disrupts what, who started when, which breaker is open. Written by machines, like a Lease.',
    spec: ledgerSpecSchema,
    status: undefined,
    rules: [onlyOne(ledgerName)],
    columns: ledgerColumns,
    selectableFields: [],
  },
]
