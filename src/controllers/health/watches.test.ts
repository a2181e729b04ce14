import { expect, test } from 'vitest'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { isAnotherSpec } from './watches.ts'

const policy = (generation: number, resourceVersion: string, uid = 'u') =>
  policyKind.project({ metadata: { name: 'p', uid, generation, resourceVersion }, spec: {} })

test.each([
  ['a new policy', undefined, policy(1, '1'), true],
  ['a policy that is gone', policy(1, '1'), undefined, true],
  ['a changed spec', policy(1, '1'), policy(2, '2'), true],
  ['another policy of the same name', policy(1, '1'), policy(1, '2', 'v'), true],
  ['a status of our own', policy(1, '1'), policy(1, '2'), false],
])('%s: the whole fleet has to be looked at: %#', (_what, old, now, expected) => {
  expect(isAnotherSpec({ old, new: now })).toBe(expected)
})
