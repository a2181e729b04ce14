import { expect, test } from 'vitest'
import { preparedPolicy } from './prepared-policy.fixture.ts'
import { selectPolicy } from './select-policy.ts'

const node = (labels: Record<string, string>) => ({
  metadata: {
    name: 'node-1',
    namespace: '',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
    finalizers: [],
    labels,
    annotations: {},
    ownerReferences: [],
  },
})
const remediable = node({ remediable: 'true' })
const named = (name: string, spec = {}) => preparedPolicy(spec, { name })

test('of two acting policies the higher priority acts, and the other says so', () => {
  const selection = selectPolicy([named('low'), named('high', { priority: 5 })], remediable)
  expect(selection).toMatchObject({
    kind: 'Selected',
    policy: { name: 'high' },
    others: [{ policy: { name: 'low' }, reason: 'PolicyOutranked' }],
  })
})

test('at equal priority neither acts, whatever order they are listed in', () => {
  const policies = [named('beta'), named('alpha')]
  for (const listed of [policies, policies.toReversed()]) {
    expect(selectPolicy(listed, remediable)).toMatchObject({
      kind: 'Conflict',
      policy: { name: 'alpha' },
      rivals: [{ name: 'beta' }],
      others: [{ policy: { name: 'beta' }, reason: 'ConflictingPolicies' }],
    })
  }
})

test('a third policy below two that conflict does not inherit the node', () => {
  const selection = selectPolicy([named('a', { priority: 1 }), named('b', { priority: 1 }), named('c')], remediable)
  expect(selection.kind).toBe('Conflict')
})

test('Observe conflicts with nobody, and is shown where nothing acts', () => {
  const observing = named('watching', { mode: 'Observe', priority: 100 })
  expect(selectPolicy([observing, named('acting')], remediable)).toMatchObject({
    kind: 'Selected',
    policy: { name: 'acting' },
    others: [{ policy: { name: 'watching' }, reason: undefined }],
  })
  expect(selectPolicy([observing], remediable)).toMatchObject({ kind: 'Selected', policy: { name: 'watching' } })
})

test('an invalid policy keeps its place', () => {
  const broken = named('broken', {
    priority: 5,
    treatments: [{ name: 'power-cycle', relieve: { load: { expr: 'x' }, below: 0.5 } }],
  })
  expect(broken.issues).not.toEqual([])
  expect(selectPolicy([named('acting'), broken], remediable)).toMatchObject({ policy: { name: 'broken' } })
})

test('a node that nobody selects learns what is nearest', () => {
  const far = named('far', { nodeSelector: { matchLabels: { remediable: 'true', pool: 'gpu' } } })
  expect(selectPolicy([far, named('near')], node({ remediable: 'false' }))).toEqual({
    kind: 'None',
    nearest: {
      policyName: 'near',
      requirement: { key: 'remediable', operator: 'In', values: ['true'] },
      found: 'false',
    },
  })
  expect(selectPolicy([], remediable)).toEqual({ kind: 'None', nearest: undefined })
})
