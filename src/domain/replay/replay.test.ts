import { array, assert, constant, constantFrom, json, oneof, property, record, string, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import type { Episode } from '../../api/episode.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { firstDifference } from './difference.ts'
import { replayUnder } from './exchange.ts'
import { pseudonymised } from './pseudonyms.ts'
import { replay } from './replay.ts'

const at = '2026-11-21T12:00:00Z'
const episodeOf = (entries: Episode['entries']): Episode => ({
  apiVersion: 'prunella.dev/episode/v1',
  kind: 'Episode',
  exportTime: at,
  versions: { prunella: '0' },
  namesRedacted: false,
  run: { metadata: { name: 'nr-1' } },
  policy: null,
  nodeHealth: null,
  entries,
  leftOut: 0,
})
const entry = (controller: string, observation: unknown, decision: unknown = null) =>
  ({ time: at, mono: 0, process: 'p', controller, key: 'node-1', observation, decision }) as const

const observations = oneof(
  json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text)),
  record({
    policies: array(record({ name: string(), spec: constant({}) })),
    shared: record({ policyName: string(), policy: constant({}) }),
    run: record({ spec: constant({}) }),
  }),
)

test('whatever a file says: a difference at worst, never a crash', () => {
  const policy = policyKind.project({ metadata: { name: 'general' }, spec: {} })
  const controllers = constantFrom('health', 'triage', 'remediation', 'grades', 'policy', 'other')
  assert(
    property(array(tuple(controllers, observations), { maxLength: 4 }), (looks) => {
      const episode = episodeOf(looks.map(([controller, observation]) => entry(controller, observation)))
      expect(replay(episode).decided).toBeLessThanOrEqual(looks.length)
      expect(replayUnder(episode, policy).decided).toBeLessThanOrEqual(looks.length)
      expect(pseudonymised(episode).entries).toHaveLength(looks.length)
    }),
    { numRuns: 300 },
  )
})

test.each([
  [{ a: 1 }, { a: 1, b: undefined }, undefined],
  [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] }, 'decision.a[1].b: "x"'],
  [{ a: 1 }, {}, 'decision.a: 1'],
  [[1], [1, 2], 'decision[1]: <none>'],
  [null, { a: 1 }, 'decision: <none>'],
])('where two decisions first differ', (was, is, expected) => {
  expect(firstDifference(was, is)?.was).toBe(expected)
})

test('what differs is shown in short', () => {
  expect(firstDifference('x'.repeat(1_000), '')?.was).toHaveLength(170)
})

const renamed = (observation: unknown): unknown =>
  pseudonymised(episodeOf([entry('health', observation)])).entries[0]?.observation

test('whole words only, the longest first, and always the same', () => {
  const nodes = [{ nodeName: 'web' }, { nodeName: 'web-1' }, { nodeName: 'web' }]
  expect(renamed([nodes, 'web-1 is not web, nor webber'])).toEqual([
    [{ nodeName: 'node-0001-redacted' }, { nodeName: 'node-0002-redacted' }, { nodeName: 'node-0001-redacted' }],
    'node-0002-redacted is not node-0001-redacted, nor webber',
  ])
})

test('pods, namespaces, images, provider IDs and addresses of both kinds', () => {
  const pod = { metadata: { name: 'pg-0', namespace: 'billing' }, nodeName: 'n1', phase: 'Running' }
  const system = { metadata: { name: 'dns', namespace: 'kube-system' }, nodeName: 'n1', phase: 'Running' }
  const more = {
    image: 'registry.example/app:1',
    providerID: 'aws:///eu-1a/i-0abc',
    text: '10.1.2.3, fd00:0:0:1::1 and fe80:1:2:3:4:5:6:7',
  }
  const text = JSON.stringify(renamed([pod, system, more]))
  for (const name of ['pg-0', 'billing', 'n1', 'registry.example', 'i-0abc', '10.1.2.3', 'fe80:1', 'fd00'])
    expect(text).not.toContain(name)
  expect(text).toContain('kube-system')
})

test('a node that calls itself something else is no better known by that', () => {
  const node = { metadata: { name: 'n-1' }, bootID: 'b', kubeletVersion: 'v1', addresses: ['10.1.2.3', 'db-master'] }
  const text = JSON.stringify(renamed([node, 'of db-master and 10.1.2.3']))
  for (const name of ['n-1', 'db-master', '10.1.2.3']) expect(text).not.toContain(name)
})

test('names that mean something within an expression are only names', () => {
  expect(renamed([{ nodeName: 'a.b+c(d' }, 'at a.b+c(d!'])).toEqual([
    { nodeName: 'node-0001-redacted' },
    'at node-0001-redacted!',
  ])
})
