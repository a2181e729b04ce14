import { expect, test } from 'vitest'
import { textAt } from '../../src/kernel/json.ts'
import { nodeManifest, systemUuidOf, zoneOf } from './nodes.ts'

test('a node that is made again is the same machine, another one is not', () => {
  expect(systemUuidOf('node-1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(systemUuidOf('node-1')).toBe(systemUuidOf('node-1'))
  expect(systemUuidOf('node-1')).not.toBe(systemUuidOf('node-2'))
})

test('zones come in turn', () => {
  expect([0, 1, 2, 3].map(zoneOf)).toEqual(['zone-a', 'zone-b', 'zone-c', 'zone-a'])
})

test('a node registers with its boot ID, and kwok is told to play its kubelet', () => {
  const node = nodeManifest({ name: 'node-1', zone: 'zone-a', bootID: 'first' })
  expect(textAt(node, 'status', 'nodeInfo', 'bootID')).toBe('first')
  expect(textAt(node, 'metadata', 'labels', 'kwok.x-k8s.io/node')).toBe('fake')
})
