import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pod } from '../../api/core/pod.ts'
import { Prng } from '../../kernel/prng.ts'
import { inEvictionOrder, isOnNodeDisk, leads } from './eviction-order.ts'
import { podWith } from './pod.fixture.ts'

const somePod = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    namespace: fc.constantFrom('db', 'shop'),
    priority: fc.constantFrom(-10, 0, 0, 1_000),
    role: fc.constantFrom('', 'replica', 'primary'),
    hasDisk: fc.boolean(),
  })
  .map(({ name, namespace, priority, role, hasDisk }) =>
    podWith(name, {
      metadata: { namespace, uid: `${namespace}-${name}`, labels: { app: 'pg', role } },
      spec: { priority, volumes: hasDisk ? [{ name: 'data', emptyDir: {} }] : [] },
    }),
  )
/** One namespace has one pod of a name. */
const somePods = fc.uniqueArray(somePod, { selector: ({ metadata }) => metadata.uid, maxLength: 16 })

test('the order is total: however the pods are listed, they leave in the same order', () => {
  fc.assert(
    fc.property(somePods, fc.integer(), (pods, seed) => {
      const ranks = new Map(
        pods.map(({ metadata: { uid } }) => [uid, new Prng(Math.abs(seed)).fork(uid).int(0, 9_999)]),
      )
      const rank = ({ metadata: { uid } }: Pod): number => ranks.get(uid) ?? 0
      const shuffled = pods.toSorted((left, right) => rank(left) - rank(right))
      expect(shuffled.toSorted(inEvictionOrder)).toEqual(pods.toSorted(inEvictionOrder))
      for (const one of pods)
        for (const other of pods)
          expect(Math.sign(inEvictionOrder(one, other)) + Math.sign(inEvictionOrder(other, one))).toBe(0)
    }),
  )
})

test('data on the node leaves last, importance never falls, and a leader never goes before its equals', () => {
  fc.assert(
    fc.property(somePods, (pods) => {
      const weights = pods
        .toSorted(inEvictionOrder)
        .map((pod) => Number(isOnNodeDisk(pod)) * 1_000_000 + pod.priority * 10 + Number(leads(pod)))
      expect(weights).toEqual(weights.toSorted((left, right) => left - right))
    }),
  )
})

test.each([
  ['spilo-role', 'master', true],
  ['cnpg.io/instanceRole', 'primary', true],
  ['mysql.oracle.com/cluster-role', 'PRIMARY', true],
  ['vault-active', 'true', true],
  ['role', 'replica', false],
  ['app.kubernetes.io/name', 'primary', false],
])('%s: %s leads: %s', (label, value, expected) => {
  expect(leads(podWith('p', { metadata: { labels: { [label]: value } } }))).toBe(expected)
})
