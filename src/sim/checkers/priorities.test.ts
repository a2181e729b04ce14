import { expect, test } from 'vitest'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { minutes } from '../../kernel/time.ts'
import { higherPriorityBegins } from './priorities.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const policies = 'noderemediationpolicies.prunella.dev'

const setRival = (scene: Scene, unusual: JsonObject): void => {
  const spec = scene.world.objects.get(policies, { name: 'sim' })?.['spec']
  if (scene.world.objects.get(policies, { name: 'rival' }) !== undefined)
    scene.world.api.patch(policies, { name: 'rival' }, { spec: unusual })
  else
    scene.world.api.create(policies, {
      apiVersion: 'prunella.dev/v1alpha1',
      kind: 'NodeRemediationPolicy',
      metadata: { name: 'rival' },
      spec: { ...(isObject(spec) ? spec : {}), ...unusual },
    })
}

function begin(scene: Scene, name: string): void {
  scene.run(name, 'node-1')
  const body = scene.world.objects.get('noderemediations.prunella.dev', { name })
  scene.send('POST', '/apis/prunella.dev/v1alpha1/noderemediations', {
    body: {},
    answer: { status: 201, headers: {}, body },
  })
}

test('I11: of two acting policies the lower one begins nothing, and of two equal ones neither does', async () => {
  const scene = await sceneOf(higherPriorityBegins())
  await scene.pass(minutes(5))
  begin(scene, 'alone')
  setRival(scene, { priority: 1 })
  begin(scene, 'not-heard-of-yet')
  expect(scene.complaints).toEqual([])
  await scene.pass(minutes(5))
  begin(scene, 'outranked')
  expect(scene.complaints).toEqual(['I11: outranked was begun for sim, and rival is not below it'])
  setRival(scene, { priority: 0 })
  await scene.pass(minutes(5))
  begin(scene, 'equal')
  expect(scene.complaints).toHaveLength(2)
  for (const unusual of [{ priority: -1 }, { priority: 1, mode: 'Observe' }]) {
    setRival(scene, unusual)
    await scene.pass(minutes(5))
    begin(scene, `above-${Object.keys(unusual).length}`)
  }
  expect(scene.complaints).toHaveLength(2)
})
