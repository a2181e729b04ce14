import { expect, test } from 'vitest'
import { leaseKind } from '../api/core/kinds.ts'
import { nodeKind } from '../api/core/node.ts'
import { podKind } from '../api/core/pod.ts'
import { collectionPath, objectPath } from './resource-path.ts'

test('the core group has a root of its own', () => {
  expect(objectPath(nodeKind, { name: 'node-1' })).toBe('/api/v1/nodes/node-1')
  expect(objectPath(leaseKind, { namespace: 'kube-node-lease', name: 'node-1' })).toBe(
    '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1',
  )
  expect(objectPath(podKind, { namespace: 'a', name: 'b' }, 'eviction')).toBe('/api/v1/namespaces/a/pods/b/eviction')
})

test('all namespaces are one collection', () => {
  expect(collectionPath(podKind, undefined)).toBe('/api/v1/pods')
})

test('no name reaches beyond its segment', () => {
  expect(objectPath(nodeKind, { name: '../pods?x=1#y' })).toBe('/api/v1/nodes/..%2Fpods%3Fx%3D1%23y')
})

test('an object without a name, or without its namespace, is a defect: it would address the collection', () => {
  expect(() => objectPath(nodeKind, { name: '' })).toThrow('a name is missing')
  expect(() => objectPath(podKind, { name: 'pod' })).toThrow('a namespace is missing')
})
