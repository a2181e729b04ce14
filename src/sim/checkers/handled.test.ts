import { expect, test } from 'vitest'
import { bmcSecretName, defaultNamespace } from '../../api/annotations.ts'
import { textAt } from '../../kernel/json.ts'
import { unhandledNode } from './handled.ts'
import { stepsFollowTheTable } from './outcomes.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const believe = (scene: Scene, node: string, reason: string): void => {
  const uid = textAt(scene.truth.node(node), 'metadata', 'uid') ?? ''
  scene.operator.create('nodehealths.prunella.dev', {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'NodeHealth',
    metadata: { name: node },
    spec: { node: { name: node, uid } },
    status: { gates: [{ gate: 'ProviderReady', result: 'Hold', reason, message: 'it says so' }] },
  })
}

test('L3: what time alone ends is no excuse', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.sicken('node-1')
  believe(scene, 'node-1', 'CooldownActive')
  expect(unhandledNode(scene.truth)).toBe('L3: node-1 shows kernelDeadlock, and nobody treats it nor says why not')
})

test('L3: a machine without a mapping waits for people; one that has a mapping does not', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.sicken('node-1')
  believe(scene, 'node-1', 'TreatmentUnsupported')
  expect(unhandledNode(scene.truth)).toBe('L3: node-1 shows kernelDeadlock, and nobody treats it nor says why not')
  scene.world.api.delete('secrets', { namespace: defaultNamespace, name: bmcSecretName('node-1') })
  expect(unhandledNode(scene.truth)).toBeUndefined()
})
