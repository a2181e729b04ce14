import { describe, expect, test } from 'vitest'
import { type JsonObject, textAt } from '../../../kernel/json.ts'
import { minutes, seconds } from '../../../kernel/time.ts'
import { conditionStatus, isReady, isTerminating, nameOf } from '../fields.ts'
import { smallWorld } from '../world.fixture.ts'
import { stopSecondsAnnotation } from './pod-runner.ts'

const pod = (
  name: string,
  rest: { readonly annotations?: JsonObject; readonly spec?: JsonObject } = {},
): JsonObject => ({
  metadata: { namespace: 'default', name, annotations: rest.annotations },
  spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'i' }], ...rest.spec },
})

describe('a kubelet', () => {
  test('lets a pod stop within its grace period, and no longer', async () => {
    const { world, loop } = await smallWorld()
    const slow = { [stopSecondsAnnotation]: '600' }
    world.api.create('pods', pod('quick'))
    world.api.create('pods', pod('slow', { annotations: slow, spec: { terminationGracePeriodSeconds: 20 } }))
    await loop.runFor(seconds(10))
    for (const name of ['quick', 'slow']) world.api.delete('pods', { namespace: 'default', name })
    await loop.runFor(seconds(10))
    expect(world.api.list('pods', { namespace: 'default' }).map(nameOf)).toEqual(['slow'])
    await loop.runFor(seconds(12))
    expect(world.api.list('pods', { namespace: 'default' })).toEqual([])
  })

  test('on a machine that hangs confirms no deletion, until the machine boots', async () => {
    const { world, loop } = await smallWorld()
    world.api.create('pods', pod('web'))
    await loop.runFor(seconds(10))
    world.hang('node-1')
    world.api.delete('pods', { namespace: 'default', name: 'web' })
    await loop.runFor(minutes(4))
    expect(world.api.list('pods', { namespace: 'default' }).map(isTerminating)).toEqual([true])
    world.machine('node-1').turnOff()
    world.machine('node-1').turnOn()
    await loop.runFor(minutes(2))
    expect(world.api.list('pods', { namespace: 'default' })).toEqual([])
  })

  test('a force-deleted pod is gone from the API at once, and its process a moment later', async () => {
    const { world, loop } = await smallWorld()
    world.api.create('pods', pod('web'))
    await loop.runFor(seconds(10))
    world.api.delete('pods', { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 })
    const runs = (): boolean => world.host('node-1').kubelet.pods.running.some(({ name }) => name === 'web')
    expect(runs()).toBe(true)
    await loop.runFor(seconds(5))
    expect(runs()).toBe(false)
  })

  test('says NotReady while its runtime is down, and renews its lease all the same', async () => {
    const { world, loop, node } = await smallWorld()
    const renewed = (): string | undefined =>
      textAt(
        world.api.get('leases.coordination.k8s.io', { namespace: 'kube-node-lease', name: 'node-1' }),
        'spec',
        'renewTime',
      )
    world.host('node-1').kubelet.setRuntimeHealthy(false)
    const before = renewed()
    await loop.runFor(minutes(1))
    expect(conditionStatus(node('node-1'), 'Ready')).toBe('False')
    expect(renewed()).not.toBe(before)
    world.host('node-1').kubelet.setRuntimeHealthy(true)
    expect(isReady(node('node-1'))).toBe(true)
  })

  test('does not come back under a Node that was deleted, before it is started again', async () => {
    const { world, loop } = await smallWorld()
    world.api.delete('nodes', { name: 'node-1' })
    await loop.runFor(minutes(10))
    expect(world.api.get('nodes', { name: 'node-1' })).toBeUndefined()
    world.machine('node-1').reboot()
    await loop.runFor(minutes(2))
    expect(isReady(world.api.get('nodes', { name: 'node-1' }) ?? {})).toBe(true)
  })
})

describe('static pods', () => {
  test('have a mirror that comes back when somebody deletes it', async () => {
    const staticPods = [{ namespace: 'kube-system', name: 'proxy', image: 'registry.example/proxy:1' }]
    const { world, loop } = await smallWorld({ nodes: 1, staticPods })
    const mirror = (): JsonObject => world.api.get('pods', { namespace: 'kube-system', name: 'proxy-node-1' }) ?? {}
    const uid = textAt(mirror(), 'metadata', 'uid')
    expect(isReady(mirror())).toBe(true)
    world.api.delete('pods', { namespace: 'kube-system', name: 'proxy-node-1' })
    await loop.runFor(minutes(1))
    expect(isReady(mirror())).toBe(true)
    expect(textAt(mirror(), 'metadata', 'uid')).not.toBe(uid)
  })
})

test('a problem on a node that is cut off is seen once it is connected again', async () => {
  const { world, loop, node } = await smallWorld()
  world.silence('node-1')
  world.deadlock('node-1')
  await loop.runFor(seconds(20))
  expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('False')
  world.silence('node-1', false)
  await loop.runFor(seconds(1))
  expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('True')
})

test('a node with a permanent problem still has it after a hang, and loses it with a boot', async () => {
  const { world, loop, node } = await smallWorld()
  world.deadlock('node-1')
  await loop.runFor(seconds(3))
  world.hang('node-1')
  await loop.runFor(minutes(2))
  world.machine('node-1').recover()
  await loop.runFor(minutes(6))
  expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('True')
  world.machine('node-1').turnOff()
  world.machine('node-1').turnOn()
  await loop.runFor(minutes(2))
  expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('False')
})
