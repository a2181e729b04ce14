import { expect, test } from 'vitest'
import { seconds } from '../../kernel/time.ts'
import { UnexpectedStatusError } from '../api-server/world-client.ts'
import { Loop } from '../loop.ts'
import type { WorldEvent } from './events.ts'
import { physicsFixture } from './host/physics.fixture.ts'
import { KeyQueue } from './key-queue.ts'

function queueOf(reconcile: (key: string) => void) {
  const loop = new Loop()
  const events: WorldEvent[] = []
  const looks: string[] = []
  const queue = new KeyQueue(
    physicsFixture(loop, (event) => events.push(event)),
    {
      actor: 'test',
      reconcile: (key) => {
        looks.push(`${key} ${loop.mono()}`)
        reconcile(key)
      },
    },
  )
  return { loop, queue, events, looks }
}

test('a key waits once, for the earliest of its times', async () => {
  const { loop, queue, looks } = queueOf(() => {})
  queue.add('a', 300)
  queue.add('a', 100)
  queue.add('a', 200)
  queue.add('b')
  await loop.runFor(seconds(1))
  expect(looks).toEqual(['b 50', 'a 100'])
})

test('a key that is wanted again and again is not put off', async () => {
  const { loop, queue, looks } = queueOf(() => {})
  for (let at = 0; at < 200; at += 10) loop.after(at, () => queue.add('a', 100))
  await loop.runFor(seconds(1))
  expect(looks).toEqual(['a 100', 'a 210'])
})

test('a refusal of the API server is told, and tried again', async () => {
  let refusals = 1
  const { loop, queue, events, looks } = queueOf(() => {
    if (refusals > 0) {
      refusals -= 1
      throw new UnexpectedStatusError('create pods', {
        status: 403,
        headers: {},
        body: { message: 'no', reason: 'Forbidden' },
      })
    }
  })
  queue.add('a')
  await loop.runFor(seconds(5))
  expect(looks).toEqual(['a 50', 'a 1050'])
  expect(events).toEqual([{ kind: 'ActorRefused', actor: 'test', key: 'a', message: 'create pods: 403 no' }])
})

test('a bug in an actor ends the run', async () => {
  const { loop, queue } = queueOf(() => {
    throw new TypeError('bug')
  })
  queue.add('a')
  await expect(loop.runFor(seconds(1))).rejects.toThrow('bug')
})
