import { array, assert, constantFrom, property, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import type { JsonObject } from '../kernel/json.ts'
import { NodeIdentity } from './node-identity.ts'
import { FakeWatched } from './watched.fixture.ts'

type Labels = Readonly<Record<string, string>>

function identityOf(nodes: Readonly<Record<string, string>>, nodeLabels?: readonly string[]) {
  const watched = new FakeWatched(nodeKind, {})
  const put = (name: string, providerID: string) =>
    watched.put({ metadata: { name, uid: name, resourceVersion: '1' }, spec: { providerID } })
  for (const [name, providerID] of Object.entries(nodes)) put(name, providerID)
  return { identity: new NodeIdentity(watched, nodeLabels), put, drop: (name: string) => watched.drop(name) }
}

const nodes = {
  'node-1': 'aws:///a/i-1',
  'node-2': 'aws:///a/i-2',
  'host-7.rack-a': 'aws:///a/i-7',
  'host-8.rack-a': 'aws:///a/i-8',
  'host-8.rack-b': 'aws:///a/i-8',
}

const instance = 'node-2:9100'
test.each<{ readonly why: string; readonly labels: Labels; readonly about: readonly string[] }>([
  { why: 'the name in full', labels: { node: 'node-1' }, about: ['node-1'] },
  { why: 'another label for it', labels: { nodename: 'node-1' }, about: ['node-1'] },
  { why: 'the address of its exporter', labels: { instance }, about: ['node-2'] },
  { why: 'the address of an exporter that speaks of others', labels: { node: 'node-1', instance }, about: ['node-1'] },
  { why: 'its provider ID', labels: { provider_id: 'aws:///a/i-7' }, about: ['host-7.rack-a'] },
  { why: 'its provider ID in the other spelling', labels: { providerID: 'aws:///a/i-2' }, about: ['node-2'] },
  { why: 'a short host name that one node bears', labels: { nodename: 'host-7' }, about: ['host-7.rack-a'] },
  { why: 'a short host name of two', labels: { node: 'host-8' }, about: ['host-8.rack-a', 'host-8.rack-b'] },
  { why: 'a provider ID of two', labels: { providerID: 'aws:///a/i-8' }, about: ['host-8.rack-a', 'host-8.rack-b'] },
  { why: 'two labels of two nodes', labels: { node: 'node-1', nodename: 'node-2' }, about: ['node-1', 'node-2'] },
  { why: 'two labels, the one surer', labels: { node: 'host-8', nodename: 'host-8.rack-b' }, about: ['host-8.rack-b'] },
  { why: 'two labels, one of no node', labels: { node: 'gone', nodename: 'node-2' }, about: [] },
  { why: 'a node that is not there, and an address', labels: { node: 'gone', instance }, about: [] },
  { why: 'a name longer than that of a node', labels: { node: 'node-1.example' }, about: [] },
  { why: 'an address that begins like a name', labels: { instance: 'host-7.rack-b:9100' }, about: [] },
  { why: 'an empty label', labels: { node: '' }, about: [] },
  { why: 'no label', labels: { cluster: 'prod' }, about: [] },
])('$why: $about', ({ labels, about }) => {
  expect(identityOf(nodes).identity.of(labels)).toEqual(about)
})

test('labels of a site of its own', () => {
  const { identity } = identityOf(nodes, ['kubernetes_node'])
  expect(identity.of({ kubernetes_node: 'node-2', node: 'node-1' })).toEqual(['node-2'])
})

test('nodes that come and go change what a short name means', () => {
  const { identity, put, drop } = identityOf(nodes)
  const before = identity.version
  drop('host-8.rack-b')
  expect(identity.of({ node: 'host-8' })).toEqual(['host-8.rack-a'])
  put('host-7', 'aws:///b/i-7')
  expect(identity.of({ node: 'host-7' })).toEqual(['host-7'])
  put('host-7', 'aws:///b/i-9')
  expect(identity.of({ provider_id: 'aws:///b/i-7' })).toEqual([])
  expect(identity.of({ provider_id: 'aws:///b/i-9' })).toEqual(['host-7'])
  expect(identity.version).toBe(before + 3)
})

function addressed(nodes: Readonly<Record<string, readonly string[]>>, nodeLabels?: readonly string[]) {
  const watched = new FakeWatched(nodeKind, {})
  const put = (name: string, addresses: readonly string[], more: JsonObject = {}) =>
    watched.put({
      metadata: { name, uid: name, resourceVersion: '1' },
      status: { addresses: addresses.map((entry) => addressIn(entry)), ...more },
    })
  const identity = new NodeIdentity(watched, nodeLabels)
  for (const [name, addresses] of Object.entries(nodes)) put(name, addresses)
  return { identity, put, drop: (name: string) => watched.drop(name) }
}

const addressIn = (entry: string): JsonObject => {
  const [type = '', address = ''] = entry.split(' ')
  return { type, address }
}

const addresses = {
  'node-1': ['InternalIP 10.0.0.1', 'ExternalIP 198.51.100.1', 'Hostname host-one', 'InternalDNS dns-one'],
  'node-2': ['InternalIP 10.0.0.2', 'InternalIP fd00::2', 'Hostname node-2'],
  'node-3': ['InternalIP 10.0.0.9', 'Hostname localhost', 'InternalIP 127.0.0.1'],
  'node-4': ['InternalIP 10.0.0.9', 'Hostname node-1'],
}

test.each<readonly [Labels, readonly string[]]>([
  [{ instance: '10.0.0.1:9100' }, ['node-1']],
  [{ instance: '10.0.0.1' }, ['node-1']],
  [{ instance: '198.51.100.1:9100' }, ['node-1']],
  [{ instance: 'Host-One:9100' }, ['node-1']],
  [{ instance: '[fd00::2]:9100' }, ['node-2']],
  [{ instance: '[FD00:0:0:0::2]:9100' }, ['node-2']],
  [{ instance: 'fd00::2' }, ['node-2']],
  // two nodes with one address: nobody can tell which
  [{ instance: '10.0.0.9:9100' }, ['node-3', 'node-4']],
  // a node that calls itself as another is named takes nothing from it
  [{ instance: 'node-1:9100' }, ['node-1']],
  // the names of DNS are not the node's own word alone, and an address of nobody is nobody's
  [{ instance: 'dns-one:9100' }, []],
  [{ instance: '10.0.0.10:9100' }, []],
  [{ instance: '127.0.0.1:9100' }, []],
  [{ instance: 'localhost:9100' }, []],
  // an exporter may speak of others
  [{ node: 'node-2', instance: '10.0.0.1:8080' }, ['node-2']],
  [{ node: '10.0.0.2' }, ['node-2']],
])('%j by its address: %j', (labels, about) => {
  expect(addressed(addresses).identity.of(labels)).toEqual(about)
})

test('addresses that move are followed, and words of the kubelet that are none change nothing', () => {
  const { identity, put, drop } = addressed({ 'node-1': ['InternalIP 10.0.0.1'], 'node-2': ['InternalIP 10.0.0.2'] })
  const before = identity.version
  put('node-1', ['InternalIP 10.0.0.1'], { nodeInfo: { kubeletVersion: 'v1.37.0' } })
  expect(identity.version).toBe(before)
  put('node-1', ['InternalIP 10.0.0.2'])
  expect(identity.version).toBe(before + 1)
  expect(identity.of({ instance: '10.0.0.1:9100' })).toEqual([])
  expect(identity.of({ instance: '10.0.0.2:9100' })).toEqual(['node-1', 'node-2'])
  drop('node-2')
  expect(identity.of({ instance: '10.0.0.2:9100' })).toEqual(['node-1'])
})

test('whatever the labels, they are about nodes that there are, and about one alone only where nothing contradicts', () => {
  const { identity } = identityOf(nodes)
  const value = constantFrom('node-1', 'node-2', 'host-7', 'host-8', 'host-8.rack-a', 'aws:///a/i-1', 'gone', '')
  const labels = record(
    { node: value, nodename: value, provider_id: value, providerID: value, instance: value, job: string() },
    { requiredKeys: [] },
  )
  assert(
    property(array(labels), (all) => {
      for (const some of all) {
        const about = identity.of(some)
        expect(about.every((name) => Object.hasOwn(nodes, name))).toBe(true)
        expect(about).toEqual([...new Set(about)].toSorted())
        // one label that names another node takes the certainty away
        const other = about[0] === 'node-1' ? 'node-2' : 'node-1'
        const contradicted = identity.of({ ...some, node: other, nodename: about[0] ?? 'gone' })
        expect(contradicted).not.toEqual(about.length === 0 ? [other] : [about[0]])
      }
    }),
  )
})

test('a fleet whose names begin alike is known as fast as any other', { timeout: 4_000 }, () => {
  const watched = new FakeWatched(nodeKind, {})
  const identity = new NodeIdentity(watched)
  for (let index = 0; index < 15_000; index += 1)
    watched.put({ metadata: { name: `node.${index}`, uid: `${index}`, resourceVersion: '1' } })
  expect(identity.ofShortName('node')).toHaveLength(15_000)
  for (let index = 0; index < 15_000; index += 1) watched.drop(`node.${index}`)
  expect(identity.ofShortName('node')).toEqual([])
})
