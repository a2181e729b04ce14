import { afterEach, expect, test } from 'vitest'
import { isObject, textAt } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import { metalPolicy } from './operated-cluster.fixture.ts'
import { Replicas } from './replicas.fixture.ts'

const started: Replicas[] = []
afterEach(async () => {
  for (const replicas of started.splice(0)) await replicas.stop()
})

test.each([
  ['a pause', pause],
  ['a cancel', cancel],
  ['an exclusion', exclude],
])('%s that comes while pods are sent away lets at most one more go', async (_what, stop) => {
  const replicas = new Replicas(metalPolicy(), [
    { namespace: 'shop', name: 'web', replicas: 40, cpu: '10m', budget: { minAvailable: 10 } },
  ])
  started.push(replicas)
  await replicas.settle()
  await replicas.start('one')
  let evicted = 0
  replicas.world.server.onChange(({ plural, object, previous }) => {
    const isLeaving = (pod: unknown): boolean => textAt(pod, 'metadata', 'deletionTimestamp') !== undefined
    if (plural !== 'pods' || !isLeaving(object) || isLeaving(previous)) return
    evicted += 1
    if (evicted === 2) stop(replicas)
  })
  replicas.world.deadlock('node-3')
  await replicas.loop.runFor(minutes(2), () => evicted >= 2)
  await replicas.loop.runFor(seconds(50))
  expect(evicted).toBeGreaterThanOrEqual(2)
  expect(evicted).toBeLessThanOrEqual(3)
})

function pause({ world }: Replicas): void {
  world.api.create('remediationpauses.prunella.dev', {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'RemediationPause',
    metadata: { name: 'stop' },
    spec: { scope: { everything: {} }, reason: 'stop', requestedBy: 'alice' },
  })
}

function cancel({ world, runs }: Replicas): void {
  const [run] = runs
  world.api.patch(
    'noderemediations.prunella.dev',
    { name: run?.metadata.name ?? '' },
    { spec: { cancel: { reason: 'stop' } } },
  )
}

function exclude({ world }: Replicas): void {
  const node = world.api.patch(
    'nodes',
    { name: 'node-3' },
    { metadata: { annotations: { 'prunella.dev/exclude': 'stop' } } },
  )
  expect(isObject(node)).toBe(true)
}
