import { expect, test } from 'vitest'
import type { NodeRemediationPolicy } from '../api/v1alpha1/node-remediation-policy.ts'
import { policyObject } from '../domain/policy/prepared-policy.fixture.ts'
import { PreparedPolicies } from './prepared-policies.ts'

function preparing(...policies: readonly NodeRemediationPolicy[]) {
  const known = new Map(policies.map((policy) => [policy.metadata.name, policy]))
  return { known, prepared: new PreparedPolicies({ list: () => [...known.values()] }) }
}

test('as long as nothing has changed the list is the very same one', () => {
  const { prepared } = preparing(policyObject({}, { name: 'b' }), policyObject({}, { name: 'a' }))
  const list = prepared.list()
  expect(list.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(prepared.list()).toBe(list)
})

test('another status is another list of the very same policies', () => {
  const { known, prepared } = preparing(policyObject({}, { name: 'a' }))
  const list = prepared.list()
  known.set('a', policyObject({}, { name: 'a' }))
  expect(prepared.list()).not.toBe(list)
  expect(prepared.list()[0]).toBe(list[0])
})

test('another generation, another policy of the same name, and one that comes or goes are seen at once', () => {
  const { known, prepared } = preparing(policyObject({ priority: 1 }, { name: 'a' }))
  const shown = () => prepared.list().map(({ name, spec }) => `${name} ${spec.priority}`)
  expect(shown()).toEqual(['a 1'])
  known.set('a', policyObject({ priority: 2 }, { name: 'a', generation: 2 }))
  expect(shown()).toEqual(['a 2'])
  const { metadata, ...another } = policyObject({ priority: 3 }, { name: 'a', generation: 2 })
  known.set('a', { ...another, metadata: { ...metadata, uid: 'of-another' } })
  expect(shown()).toEqual(['a 3'])
  known.set('b', policyObject({ priority: 4 }, { name: 'b' }))
  expect(shown()).toEqual(['a 3', 'b 4'])
  known.delete('a')
  expect(shown()).toEqual(['b 4'])
  expect(prepared.get('a')).toBeUndefined()
})
