import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { controlPlaneOf, controlPlaneSafe, isSource, onlySources, staticControlPlane } from './control-plane-safe.ts'

const node = (metadata: JsonObject = {}, spec: JsonObject = {}, ready = 'True') =>
  nodeKind.project({
    metadata: { name: 'n', ...metadata },
    spec,
    status: { conditions: [{ type: 'Ready', status: ready }] },
  })
const nothing = { staticPods: [], controlPlane: { nodes: 0, ready: 0 }, ours: [] }

const pod = (
  name: string,
  { namespace = 'kube-system', labels = {}, annotations = {}, nodeName = 'n', ready = 'True' },
): Pod =>
  podKind.project({
    metadata: { name, namespace, labels, annotations },
    spec: { nodeName },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
  })
const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } }

test.each([
  ['the label of today', { labels: { 'node-role.kubernetes.io/control-plane': '' } }, {}],
  ['the label of before', { labels: { 'node-role.kubernetes.io/master': '' } }, {}],
  ['a taint without a label', {}, { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }],
])('%s tells a control-plane node', (_, metadata, spec) => {
  expect(controlPlaneSafe(node(metadata, spec), nothing).reason).toBe('ControlPlaneNode')
})

test('static pods of the control plane tell it where neither label nor taint does', () => {
  const pods = [
    pod('etcd-n', mirror),
    pod('kube-proxy-x', {}),
    pod('kube-apiserver-n', { ...mirror, namespace: 'mine' }),
  ]
  expect(staticControlPlane(pods)).toEqual(['etcd-n'])
  expect(controlPlaneSafe(node(), { ...nothing, staticPods: ['etcd-n'] })).toMatchObject({
    reason: 'ControlPlaneNode',
    message: expect.stringContaining('the static pod etcd-n'),
  })
})

test('while no control-plane node is Ready nothing is treated; where there are none to see, that says nothing', () => {
  const member = (ready: string) => node({ labels: { 'node-role.kubernetes.io/master': '' } }, {}, ready)
  expect(controlPlaneOf([member('Unknown'), node()])).toEqual({ nodes: 1, ready: 0 })
  expect(controlPlaneSafe(node(), { ...nothing, controlPlane: { nodes: 3, ready: 0 } }).reason).toBe(
    'ControlPlaneUnready',
  )
  expect(controlPlaneSafe(node(), nothing).result).toBe('Pass')
})

test('the only Prometheus is not put out; one of two is', () => {
  const labels = { 'app.kubernetes.io/name': 'prometheus' }
  const here = pod('prometheus-0', { namespace: 'monitoring', labels })
  const elsewhere = (ready: string) => pod('prometheus-1', { namespace: 'monitoring', labels, nodeName: 'm', ready })
  expect(isSource(here)).toBe(true)
  expect(onlySources([here], [here])).toEqual(['the only prometheus, pod monitoring/prometheus-0'])
  expect(onlySources([here], [here, elsewhere('False')])).toHaveLength(1)
  expect(onlySources([here], [here, elsewhere('True')])).toEqual([])
})
