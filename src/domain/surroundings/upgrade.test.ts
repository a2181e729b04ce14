import { expect, test } from 'vitest'
import { type Node, nodeKind } from '../../api/core/node.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant, later, minutes } from '../../kernel/time.ts'
import { upgradeOf, upgrading } from './upgrade.ts'

const now = instant(Date.parse('2026-11-21T12:00:00Z'))

const node = (
  name: string,
  kubeletVersion: string,
  more: { readonly spec?: JsonObject; readonly metadata?: JsonObject } = {},
): Node =>
  nodeKind.project({
    metadata: { name, ...more.metadata },
    spec: more.spec ?? {},
    status: { nodeInfo: { kubeletVersion } },
  })

const cordonedAt = (time: string) => ({
  spec: { unschedulable: true },
  metadata: { managedFields: [{ manager: 'kubectl', time, fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } }] },
})
const skewed = [node('a', 'v1.9.3'), node('b', 'v1.10.0'), node('c', 'v1.9.3')]
const movingOf = (nodes: readonly Node[], changes: ReadonlyMap<string, typeof now> = new Map()) =>
  upgradeOf(nodes, changes, now).moving

test('versions are counted, the newest first, by number and not by letter', () => {
  expect(upgradeOf(skewed, new Map(), now).versions).toEqual([
    { version: 'v1.10.0', nodes: 1 },
    { version: 'v1.9.3', nodes: 2 },
  ])
})

test('skew alone is no upgrade', () => {
  expect(movingOf(skewed)).toBeUndefined()
})

test('a kubelet that came back with another version shows that it moves, for half an hour', () => {
  expect(movingOf(skewed, new Map([['b', later(now, -minutes(29))]]))).toContain('node b came back')
  expect(movingOf(skewed, new Map([['b', later(now, -minutes(31))]]))).toBeUndefined()
  expect(movingOf([node('a', 'v1.10.0')], new Map([['a', now]]))).toBeUndefined()
})

test('a node of an older version that somebody else has cordoned, or that goes, shows it too', () => {
  const cordoned = node('d', 'v1.9.3', cordonedAt('2026-11-21T11:00:00Z'))
  const forgotten = node('d', 'v1.9.3', cordonedAt('2026-11-20T11:00:00Z'))
  const going = node('d', 'v1.9.3', { metadata: { deletionTimestamp: '2026-11-21T11:59:00Z' } })
  const newest = node('d', 'v1.10.0', cordonedAt('2026-11-21T11:00:00Z'))
  expect([cordoned, forgotten, going, newest].map((one) => movingOf([...skewed, one]) !== undefined)).toEqual([
    true,
    false,
    true,
    false,
  ])
})

test('it says how many nodes run what', () => {
  const seen = upgradeOf(skewed, new Map([['b', now]]), now)
  expect(upgrading(seen)?.message).toBe(
    '1 of 3 nodes run v1.10.0, 2 of 3 nodes run v1.9.3, and node b came back with another version at 2026-11-21T12:00:00.000Z',
  )
})
