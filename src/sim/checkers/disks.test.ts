import { expect, test } from 'vitest'
import { minutes, seconds } from '../../kernel/time.ts'
import { isTerminating, nameOf, nodeNameOf, refOf } from '../world/fields.ts'
import { smallWorld } from '../world/world.fixture.ts'
import { type Happening, Truth } from './checker.ts'
import { disksHaveOneWriter } from './disks.ts'

const archive = { namespace: 'shop', name: 'db', replicas: 1, disk: 'Shared' } as const

/** Complaints while its machine is cut off and its pod is forced away, or its Node is deleted. */
async function forced(how: 'Pod' | 'Node'): Promise<readonly string[]> {
  const { world, loop, podsOf } = await smallWorld({ workloads: [archive] })
  const truth = new Truth(world, { now: loop.now, user: 'operator' })
  const checker = disksHaveOneWriter()
  const complaints: string[] = []
  const judge = (happening: Happening): void => void complaints.push(checker.judge(happening, truth) ?? '')
  world.server.onChange((change) => judge({ kind: 'Changed', change }))
  world.onEvent((event) => judge({ kind: 'World', event }))
  const home = nodeNameOf(podsOf('db')[0] ?? {})
  world.silence(home)
  await loop.runFor(minutes(7))
  if (how === 'Node') world.as('alice').delete('nodes', { name: home })
  for (const pod of podsOf('db').filter(isTerminating))
    world.as('operator').delete('pods', refOf(pod), { gracePeriodSeconds: 0 })
  await loop.runFor(minutes(7) + seconds(30))
  expect(world.disks.writersOf(world.objects.all('persistentvolumes').map(nameOf)[0] ?? '')).toHaveLength(2)
  return complaints.filter((complaint) => complaint !== '')
}

test('a pod that was forced away from a machine that runs on is a catastrophe', async () => {
  expect(await forced('Pod')).toMatchObject([expect.stringContaining('which is for one')])
})

test('a Node that somebody else deleted is theirs', async () => {
  expect(await forced('Node')).toEqual([])
})
