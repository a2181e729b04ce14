import { expect, test } from 'vitest'
import { type Instant, later, minutes, rfc3339, seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { Loop } from '../loop.ts'
import { someProcess } from '../weather/process.fixture.ts'
import { labelsOf, nameOf, refOf } from '../world/fields.ts'
import type { Workload } from '../world/workload.ts'
import { World } from '../world/world.ts'
import { Truth } from './checker.ts'
import { sceneOf } from './scene.fixture.ts'
import { podsLeaveByEviction } from './workloads.ts'

/** Two applications; the node of one of them has just died, and taken it below its budget. */
async function halfDead(budget: NonNullable<Workload['budget']>) {
  const loop = new Loop()
  const workloads = ['web', 'worker'].map((name) => ({
    namespace: 'shop',
    name,
    replicas: 2,
    budget,
    nodeSelector: { 'kubernetes.io/hostname': name === 'web' ? 'node-1' : 'node-2' },
  }))
  const world = new World({ timers: loop, seed: 1, nodes: 3, workloads })
  await loop.runFor(minutes(1))
  world.hang('node-1')
  await loop.runFor(seconds(70))
  const evicted = (app: string) => {
    const pod = world.objects.all('pods').find((candidate) => labelsOf(candidate)['app'] === app)
    const path = `/api/v1/namespaces/shop/pods/${pod === undefined ? '' : nameOf(pod)}/eviction`
    const request = { method: 'POST', path, timeoutMs: 1, lane: 'Request' } as const
    const response = { status: 201, headers: {}, body: undefined }
    const served = { by: someProcess(loop), number: 1, request, sentAt: loop.now(), status: 201, response }
    return podsLeaveByEviction().judge(
      { kind: 'Served', served },
      new Truth(world, { now: loop.now, user: 'operator' }),
    )
  }
  return { evicted, world, loop }
}

test.for([{ minAvailable: 2 }, { maxUnavailable: 0 }, { minAvailable: '100%' }])(
  'I14: an eviction is judged by the budget of its own application: %o',
  async (budget) => {
    const { evicted } = await halfDead(budget)
    expect(evicted('worker')).toBe(undefined)
    expect(evicted('web')).toBe('an eviction left 0 healthy pods of shop/web, its budget wants 2')
  },
)

test('I14: what the controller of a budget has not counted yet is no fault of who asks it', async () => {
  const { evicted, world, loop } = await halfDead({ minAvailable: 2 })
  const [, other] = world.objects.all('pods').filter((pod) => labelsOf(pod)['app'] === 'worker')
  if (other === undefined) throw new Error('there is no second pod')
  const fail = (since: Instant): void => {
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: rfc3339(since) }]
    world.api.patchStatus('pods', refOf(other), { status: { conditions } })
  }
  fail(loop.now())
  expect(evicted('worker')).toBe(undefined)
  fail(later(loop.now(), -seconds(2)))
  expect(evicted('worker')).toBe('an eviction left 1 healthy pods of shop/worker, its budget wants 2')
})

test('I14: who evicts a pod that is going already has taken nothing', async () => {
  const scene = await sceneOf(podsLeaveByEviction())
  const path = '/api/v1/namespaces/default/pods/web-1/eviction'
  const metadata = { namespace: 'default', name: 'web-1', labels: { app: 'web' }, finalizers: ['example.com/keeps'] }
  scene.world.api.create('pods', { metadata, spec: { containers: [{ name: 'main', image: 'web:1' }] } })
  scene.world.api.patchStatus('pods', { namespace: 'default', name: 'web-1' }, { status: { phase: 'Running' } })
  const budget = { metadata: { namespace: 'default', name: 'web', generation: 1 } }
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } }
  scene.world.api.create('poddisruptionbudgets.policy', { ...budget, spec })
  const evict = (): void => scene.send('POST', path, { answer: { status: 201, headers: {}, body: {} } })
  evict()
  expect(scene.complaints).toHaveLength(1)
  scene.world.api.delete('pods', { namespace: 'default', name: 'web-1' })
  await scene.pass(100)
  evict()
  expect(scene.complaints).toHaveLength(1)
})

test.for<readonly [TransportRequest['method'], string]>([
  ['DELETE', '/api/v1/namespaces/shop/pods/web-1'],
  ['DELETE', '/api/v1/namespaces/shop/pods'],
  ['PATCH', '/api/v1/namespaces/shop/pods/web-1'],
  ['PUT', '/api/v1/namespaces/shop/pods/web-1/status'],
])('I14: a pod leaves by eviction alone: not by %s %s', async ([method, path]) => {
  const scene = await sceneOf(podsLeaveByEviction())
  scene.send(method, path, { answer: { status: 200, headers: {}, body: {} } })
  expect(scene.complaints).toEqual([`I14: ${method} ${path}: a pod leaves by eviction alone`])
  scene.send('POST', '/api/v1/namespaces/shop/pods/web-1/eviction', { answer: { status: 404, headers: {}, body: {} } })
  scene.send('GET', path)
  expect(scene.complaints).toHaveLength(1)
})
