import { afterEach, describe, expect, test } from 'vitest'
import { minutes, seconds } from '../src/kernel/time.ts'
import { metalPolicy } from './operated-cluster.fixture.ts'
import { type Replica, Replicas } from './replicas.fixture.ts'

const started: Replicas[] = []
afterEach(async () => {
  for (const replicas of started.splice(0)) await replicas.stop()
})

const hour = 3_600_000
const holding = (holdSeconds: number) => ({
  signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds }],
})

describe('two replicas', () => {
  test('a leader who dies in the middle of a hold is followed within 20 s, and the hold does not begin anew', async () => {
    const { replicas, one, two } = await pair(holding(40))
    replicas.world.deadlock('node-3')
    await replicas.loop.runFor(seconds(35))
    one.kill()
    const diedAt = replicas.loop.now()
    await replicas.loop.runFor(seconds(30), () => replicas.runs.length > 0)
    expect(two.leads()).toBe(true)
    expect(replicas.runs).toHaveLength(1)
    expect(replicas.loop.now() - diedAt).toBeLessThan(20_000)
  })

  test('a leader who is told to stop is followed within two seconds and a little', async () => {
    const { replicas, one, two } = await pair()
    one.stop()
    await replicas.loop.runFor(2_100)
    expect(two.leads()).toBe(true)
  })

  test.each([hour, -hour])(
    'a leader who dies in mid-run, and a follower whose wall is off by %i ms: one power cycle',
    async (skewMs) => {
      const { replicas, one } = await pair({}, { skewMs })
      replicas.world.deadlock('node-3')
      await until(replicas, 'Draining')
      one.kill()
      await until(replicas, 'Done')
      expect(replicas.runs.map(({ status }) => status.step?.outcome)).toEqual(['NodeRecovered'])
      expect(replicas.powerCommands).toEqual(['Off', 'On'])
    },
  )

  test('a follower whose wall is an hour fast ends no cool-down', async () => {
    const { replicas, one, two } = await pair(
      { limits: { maxUnhealthy: '60%', minHealthy: 0, cooldownSeconds: 3_000 } },
      { skewMs: hour },
    )
    replicas.world.deadlock('node-3')
    await until(replicas, 'Done')
    one.kill()
    await replicas.loop.runFor(seconds(20))
    expect(two.leads()).toBe(true)
    replicas.world.deadlock('node-3')
    await replicas.loop.runFor(minutes(5))
    expect(replicas.runs).toHaveLength(1)
  })
})

test('a clock of the API server that is set forward frees nothing: the hold begins anew, and the cool-down goes on', async () => {
  const replicas = await world({
    ...holding(30),
    limits: { maxUnhealthy: '60%', minHealthy: 0, cooldownSeconds: 3_000 },
  })
  await replicas.start('one')
  replicas.world.deadlock('node-3')
  await replicas.loop.runFor(seconds(30))
  replicas.serverSkewMs = hour
  await replicas.loop.runFor(seconds(20))
  expect(replicas.runs).toEqual([])
  await until(replicas, 'Done')
  expect(replicas.runs).toHaveLength(1)
  replicas.serverSkewMs = 2 * hour
  replicas.world.deadlock('node-3')
  await replicas.loop.runFor(minutes(10))
  expect(replicas.runs).toHaveLength(1)
})

describe("the leader's own node", () => {
  test('is treated by another replica: the leader hands over first', async () => {
    const replicas = await world()
    const one = await replicas.start('one', { nodeName: 'node-3' })
    const two = await replicas.start('two', { nodeName: 'node-4' })
    replicas.world.deadlock('node-3')
    await until(replicas, 'Cordoning')
    expect([one.leads(), two.leads()]).toEqual([false, true])
    await until(replicas, 'Done')
    expect(replicas.powerCommands).toEqual(['Off', 'On'])
  })

  test('waits for people where nobody else can lead, and says so', async () => {
    const replicas = await world()
    const one = await replicas.start('one', { nodeName: 'node-3' })
    replicas.world.deadlock('node-3')
    await replicas.loop.runFor(minutes(15))
    expect(replicas.runs.filter(({ spec }) => spec?.dryRun === false)).toEqual([])
    expect(replicas.powerCommands).toEqual([])
    expect(one.leads()).toBe(true)
    expect(one.log.lines.map(({ text }) => text)).toContain(
      'No other replica took the lease: the own node waits for people',
    )
  })
})

async function world(unusual: Parameters<typeof metalPolicy>[0] = {}): Promise<Replicas> {
  const replicas = new Replicas(metalPolicy(unusual))
  started.push(replicas)
  await replicas.settle()
  return replicas
}

async function pair(
  unusual: Parameters<typeof metalPolicy>[0] = {},
  follower: { readonly skewMs?: number } = {},
): Promise<{ readonly replicas: Replicas; readonly one: Replica; readonly two: Replica }> {
  const replicas = await world(unusual)
  const one = await replicas.start('one')
  const two = await replicas.start('two', follower)
  return { replicas, one, two }
}

const until = async (replicas: Replicas, step: string): Promise<void> =>
  await replicas.loop.runFor(minutes(15), () => replicas.runs.some(({ status }) => status.step?.name === step))
