import { expect, test } from 'vitest'
import type { JsonObject } from '../../kernel/json.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { ownersAreHeard } from './owners.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web-uid', controller: true }
const mark = { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }

async function evicting(name: string, metadata: JsonObject, spec: JsonObject = {}): Promise<Scene> {
  const scene = await sceneOf(ownersAreHeard())
  scene.run('one', 'node-1', { name: 'Draining' })
  const containers = [{ name: 'main', image: 'registry.example/app:1' }]
  scene.world.api.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, ...metadata },
    spec: { nodeName: 'node-1', containers, ...spec },
  })
  await scene.pass(minutes(1))
  return scene
}

function evict(scene: Scene, name: string): void {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace: 'default', name } }
  scene.send('POST', `/api/v1/namespaces/default/pods/${name}/eviction`, { body })
}

test.each([
  ['that nobody brings back', {}, {}, 'and nobody brings it back'],
  ['whose owner forbids it', { ownerReferences: [owner], ...mark }, {}, 'and its owner forbids it'],
  [
    'that keeps data on the node',
    { ownerReferences: [owner] },
    { volumes: [{ name: 'data', emptyDir: {} }] },
    'and its data lay on the node',
  ],
])('I14: the eviction of a pod %s', async (...[, metadata, spec, words]) => {
  const scene = await evicting('web', metadata, spec)
  evict(scene, 'web')
  expect(scene.complaints).toEqual([expect.stringContaining(words)])
})

test('I14: who has only just forbidden it cannot have been heard, and an ordinary pod may go', async () => {
  const scene = await evicting('web', { ownerReferences: [owner] })
  scene.world.api.patch('pods', { namespace: 'default', name: 'web' }, { metadata: mark })
  await scene.pass(seconds(5))
  evict(scene, 'web')
  expect(scene.complaints).toEqual([])
})
