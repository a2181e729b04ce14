import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Confidence } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'

/**
 * What people have to say before a rung. Undefined: nobody need be asked. A diagnosis of low confidence never acts by itself,
 * whatever the mode: it may say what it would do, and people decide.
 */
export const approvalAsked = (
  { mode, approval }: Pick<PolicySpec, 'mode' | 'approval'>,
  treatment: Pick<Treatment, 'approval'> | undefined,
  confidence: Confidence,
): Treatment['approval'] =>
  mode === 'Observe'
    ? undefined
    : (treatment?.approval ?? (mode === 'Approve' || confidence === 'Low' ? approval : undefined))
