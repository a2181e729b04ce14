import { expect, test } from 'vitest'
import { minutes, seconds } from '../../kernel/time.ts'
import { UnexpectedStatusError } from '../api-server/world-client.ts'
import { Loop } from '../loop.ts'
import { conditionStatus, nameOf } from './fields.ts'
import { World } from './world.ts'

const leases = 'leases.coordination.k8s.io'

interface Scene {
  readonly loop: Loop
  readonly world: World
  /** What each node says of being Ready. */
  readonly ready: () => readonly string[]
  /** When each node lease was last written, by the resource version of the server. */
  readonly versions: () => readonly string[]
}

async function upAndRunning(): Promise<Scene> {
  const loop = new Loop()
  const world = new World({ timers: loop, seed: 1, nodes: 3 })
  await loop.runFor(minutes(3))
  return {
    loop,
    world,
    ready: () => world.objects.all('nodes').map((node) => conditionStatus(node, 'Ready')),
    versions: () => world.objects.all(leases).map((lease) => `${nameOf(lease)} ${JSON.stringify(lease['metadata'])}`),
  }
}

test('while it is away nobody renews a lease, acts or asks; machines go on', async () => {
  const { loop, world, ready, versions } = await upAndRunning()
  const before = versions()
  const revision = world.server.resourceVersion
  const end = world.loseServer()
  world.deadlock('node-1')
  world.machine('node-2').turnOff()
  await loop.runFor(minutes(3))
  expect(versions()).toEqual(before)
  expect(world.server.resourceVersion).toBe(revision)
  expect(() => world.api.get('nodes', { name: 'node-1' })).toThrow(UnexpectedStatusError)
  expect(world.machine('node-2').state).toBe('Off')
  end()
  await loop.runFor(minutes(2))
  expect(ready()).toEqual(['True', 'Unknown', 'True'])
  expect(conditionStatus(world.api.get('nodes', { name: 'node-1' }) ?? {}, 'KernelDeadlock')).toBe('True')
})

test('then every lease is old at the same moment, all nodes are Unknown, and one by one they are back', async () => {
  const { loop, world, ready } = await upAndRunning()
  const end = world.loseServer()
  await loop.runFor(minutes(2))
  end()
  const seen = new Set<string>()
  for (let second = 0; second < 12; second += 1) {
    await loop.runFor(seconds(1))
    seen.add(ready().join(' '))
  }
  expect(seen.has('Unknown Unknown Unknown')).toBe(true)
  expect(seen.size).toBeGreaterThan(2)
  expect(ready()).toEqual(['True', 'True', 'True'])
})

test('short of the grace of the node controller nobody notices', async () => {
  const { loop, world, ready } = await upAndRunning()
  const end = world.loseServer()
  await loop.runFor(seconds(20))
  end()
  for (let second = 0; second < 30; second += 1) {
    await loop.runFor(seconds(1))
    expect(ready()).toEqual(['True', 'True', 'True'])
  }
})

test('what people would do comes when it is back, and what was called off does not come', async () => {
  const { loop, world } = await upAndRunning()
  const done: string[] = []
  const end = world.loseServer()
  world.clientTimers.after(seconds(5), () => done.push('cordon'))
  const callOff = world.clientTimers.after(seconds(5), () => done.push('called off'))
  await loop.runFor(seconds(30))
  expect(done).toEqual([])
  callOff()
  end()
  await loop.runFor(seconds(1))
  expect(done).toEqual(['cordon'])
})
