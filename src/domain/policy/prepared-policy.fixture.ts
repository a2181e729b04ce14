import { type NodeRemediationPolicy, type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { assert } from '../../kernel/assert.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type PreparedPolicy, preparePolicy } from './prepared-policy.ts'

/** The ordinary policy: hung kernels are power-cycled, and it acts. Only what differs is said. */
export function policyObject(
  spec: JsonObject = {},
  { name = 'general-nodes', generation = 1 } = {},
): NodeRemediationPolicy {
  const whole = { ...ordinarySpec, ...spec }
  return policyKind.project({
    metadata: { name, uid: `uid-of-${name}`, generation, resourceVersion: '1' },
    spec: whole,
  })
}

export function preparedPolicy(spec: JsonObject = {}, { name = 'general-nodes' } = {}): PreparedPolicy {
  const policy = policyObject(spec, { name })
  const prepared = preparePolicy(policy)
  assert(prepared !== undefined, policy.problem ?? 'no policy')
  return prepared
}

export function policySpec(spec: JsonObject = {}): PolicySpec {
  return preparedPolicy(spec).spec
}

const ordinarySpec: JsonObject = {
  mode: 'Automatic',
  nodeSelector: { matchLabels: { remediable: 'true' } },
  signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }],
  diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle'] }],
  treatments: [{ name: 'power-cycle', powerCycle: {} }],
}
