import { expect, test } from 'vitest'
import type { JsonObject } from '../../kernel/json.ts'
import { isMirror, podKind } from './pod.ts'

const replica = (name: string, annotations: JsonObject = {}): JsonObject => ({
  metadata: {
    name,
    namespace: 'shop',
    uid: name,
    labels: { app: 'web', tier: 'front' },
    annotations,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }],
  },
  spec: { nodeName: 'node-1' },
})

test('replicas of one workload share what they have in common', () => {
  const [one, other] = [podKind.project(replica('web-1')), podKind.project(replica('web-2'))]
  expect(one.metadata.labels).toEqual({ app: 'web', tier: 'front' })
  expect(other.metadata.labels).toBe(one.metadata.labels)
  expect(other.metadata.ownerReferences).toBe(one.metadata.ownerReferences)
  expect(other.metadata.annotations).toBe(one.metadata.annotations)
  expect(other.metadata.name).toBe('web-2')
})

test('of its annotations a pod keeps those that are read', () => {
  const kept = { 'kubernetes.io/config.mirror': 'x', 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' }
  const pod = podKind.project(replica('web-3', { ...kept, 'cni.projectcalico.org/podIP': '10.0.0.1/32' }))
  expect(pod.metadata.annotations).toEqual(kept)
  expect(isMirror(pod)).toBe(true)
})
