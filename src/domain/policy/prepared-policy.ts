import type { NodeRemediationPolicy, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Labels, matcherOf } from '../../kernel/selector.ts'
import { type CompiledWhen, compileWhen } from './cel.ts'
import { type PolicyIssue, validatePolicy } from './validate-policy.ts'

/** A policy that has been read once: its expressions compiled, its issues known. Keep it as long as the generation stands. */
export interface PreparedPolicy {
  readonly name: string
  readonly uid: string
  readonly generation: number
  readonly spec: PolicySpec
  /** Whether it selects a node with these labels: asked of thousands of nodes, so its selector is read once. */
  readonly selects: (labels: Labels) => boolean
  /** With any of these the policy does nothing. */
  readonly issues: readonly PolicyIssue[]
  /** By name of the diagnosis; those that do not compile are missing. */
  readonly whens: ReadonlyMap<string, CompiledWhen>
}

/**
 * Undefined: the spec does not fit the schema, so not even its selector is known. `services`: those that a rung may restart; left out:
 * nobody here knows the operator's list.
 */
export function preparePolicy(
  { metadata, spec }: NodeRemediationPolicy,
  services?: readonly string[],
): PreparedPolicy | undefined {
  if (spec === undefined) return undefined
  const { name, uid, generation } = metadata
  const signalNames = spec.signals.map((signal) => signal.name)
  const whens = new Map<string, CompiledWhen>()
  for (const diagnosis of spec.diagnoses) {
    const when = compileWhen(diagnosis.when, signalNames)
    if (when.ok) whens.set(diagnosis.name, when.value)
  }
  const issues = validatePolicy(spec, services)
  return { name, uid, generation, spec, selects: matcherOf(spec.nodeSelector), issues, whens }
}

/** Approve and Automatic act; Observe only looks, and conflicts with nobody. */
export const isActing = ({ mode }: Pick<PolicySpec, 'mode'>): boolean => mode !== 'Observe'
