import { expect, test } from 'vitest'
import { nodeKind } from '../../../api/core/node.ts'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { claimOf } from '../claim.ts'
import { nodeWith } from '../evidence.fixture.ts'
import { look } from './look.fixture.ts'

const signal = (more: object): Signal =>
  signalSchema.parse({ name: 's', nodeCondition: { type: 'AcceleratedHardwareReady', status: 'False', ...more } })

const sick = {
  type: 'AcceleratedHardwareReady',
  status: 'False',
  reason: 'NvidiaXID79Error',
  message: 'x; NvidiaXID48Error',
}

test.each([
  ['its reason fits', '^NvidiaXID79', 'True'],
  ['its message names it too', 'XID(48|63)Error', 'True'],
  ['neither does', 'DCGM', 'False'],
])('a condition that several faults share, where %s', (_, reasonMatches, state) => {
  expect(claimOf(signal({ reasonMatches }), look({ node: nodeWith([sick]) })).state).toBe(state)
})

const ownedBy = (manager: string, ...members: readonly string[]): JsonObject => ({
  manager,
  fieldsV1: {
    'f:status': {
      'f:conditions': {
        'k:{"type":"AcceleratedHardwareReady"}': Object.fromEntries(members.map((member) => [member, {}])),
        'k:{"type":"Ready"}': { 'f:status': {} },
      },
    },
  },
})

test.each<readonly [string, readonly JsonObject[], string]>([
  ['who is asked for', [ownedBy('eks-agent', '.', 'f:type', 'f:status', 'f:reason')], 'True'],
  ['somebody else', [ownedBy('kubectl', 'f:status')], 'Unknown'],
  ['somebody else, and only its message by who is asked for', [ownedBy('eks-agent', 'f:message')], 'Unknown'],
  ['both, who say the same', [ownedBy('kubectl', 'f:status'), ownedBy('eks-agent', 'f:status')], 'True'],
  ['nobody that is noted', [], 'Unknown'],
])('a condition whose status is the word of %s', (_, managedFields, state) => {
  const node = nodeWith([sick], {}, { managedFields })
  expect(claimOf(signal({ writers: ['eks-agent'] }), look({ node })).state).toBe(state)
  expect(claimOf(signal({}), look({ node })).state).toBe('True')
})

test('who wrote a condition is hostile text', () => {
  const node = nodeWith([sick], {}, { managedFields: [ownedBy('x\ny', 'f:status')] })
  expect(claimOf(signal({ writers: ['eks-agent'] }), look({ node })).message).toBe(
    'condition AcceleratedHardwareReady is the word of x\\u000ay',
  )
})

test('keys that are none are passed by, and equal writers are one list', () => {
  const project = (keys: JsonObject) =>
    nodeKind.project({
      metadata: { managedFields: [{ manager: 'a', fieldsV1: { 'f:status': { 'f:conditions': keys } } }] },
      status: { conditions: [{ type: 'A' }, { type: 'B' }] },
    }).conditions
  const status = { 'f:status': {} }
  const both = project({ 'k:{"type":"A"}': status, 'k:{"type":"B"}': status })
  expect(both.map(({ writers }) => writers)).toEqual([['a'], ['a']])
  expect(both[0]?.writers).toBe(both[1]?.writers)
  expect(project({ 'k:{"type":"A\\"}': status, 'v:"B"': status, '.': {} }).some((one) => 'writers' in one)).toBe(false)
})
