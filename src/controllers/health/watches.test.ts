import { expect, test } from 'vitest'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { isAnotherSpec } from './watches.ts'

const policy = (generation: number, resourceVersion: string, uid = 'u') =>
  policyKind.project({ metadata: { name: 'p', uid, generation, resourceVersion }, spec: {} })

test.each([
  ['a new policy', { old: undefined, new: policy(1, '1') }, true],
  ['a policy that is gone', { old: policy(1, '1'), new: undefined }, true],
  ['a changed spec', { old: policy(1, '1'), new: policy(2, '2') }, true],
  ['another policy of the same name', { old: policy(1, '1'), new: policy(1, '2', 'v') }, true],
  ['a status of our own', { old: policy(1, '1'), new: policy(1, '2') }, false],
])('%s concerns the whole fleet, or not', (_what, change, expected) => {
  expect(isAnotherSpec(change)).toBe(expected)
})
