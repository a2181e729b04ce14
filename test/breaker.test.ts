import { afterEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import { metalPolicy, OperatedCluster } from './operated-cluster.fixture.ts'

/** The breaker in the real operator: trips, cooling, canary, a person, and a ledger that came back. */
let cluster: OperatedCluster

afterEach(async () => await cluster.stop())

const ledgerRef = ['disruptionledgers.prunella.dev', { name: 'cluster' }] as const
const guardRef = ['remediationguards.prunella.dev', { name: 'cluster' }] as const

/** Four nodes of which one may be ill; the cluster's own limit is out of the way. */
async function begun(guard: JsonObject = {}): Promise<OperatedCluster> {
  cluster = new OperatedCluster([metalPolicy({ limits: { maxUnhealthy: '25%', minHealthy: 0, maxConcurrent: 2 } })])
  await cluster.start()
  cluster.world.api.patch(...guardRef, { spec: { coolingSeconds: 60, maxUnhealthy: '100%', ...guard } })
  await cluster.run(seconds(5))
  return cluster
}

const breakers = (): readonly string[] =>
  (cluster.ledger?.spec?.breakers ?? []).map(({ scope, state, input }) => `${scope || 'cluster'} ${state} ${input}`)

const offs = (): number =>
  cluster.world.bmcNetwork.log.filter(({ command, outcome }) => command === 'Off' && outcome === 'Done').length

const events = (reason: string): number =>
  cluster.world.objects.all('events.events.k8s.io').filter((event) => event['reason'] === reason).length

/** Looks once in a second of simulated time: to look after every happening would take longer than the story. */
async function runUntil(limitMs: number, isOver: () => boolean): Promise<void> {
  for (let ms = 0; ms < limitMs && !isOver(); ms += seconds(1)) await cluster.run(seconds(1))
}

const done = (): number => cluster.runs.filter(({ status }) => status.step?.name === 'Done').length

/** Somebody goes to the machine room. */
function healByHand(nodeName: string): void {
  cluster.world.machine(nodeName).turnOff()
  cluster.world.machine(nodeName).turnOn()
}

describe('a storm', () => {
  test('starts nothing; when it is over the breaker cools, and one canary closes it', async () => {
    const { world } = await begun()
    for (const name of ['node-1', 'node-2', 'node-3']) world.deadlock(name)
    await cluster.run(minutes(10))
    expect(breakers()).toEqual(['metal Open CorrelatedFailures'])
    expect([cluster.runs, offs(), events('BreakerOpened')]).toEqual([[], 0, 1])

    for (const name of ['node-1', 'node-2']) healByHand(name)
    await runUntil(minutes(5), () => breakers()[0]?.includes('Cooling') === true)
    expect(breakers()).toEqual(['metal Cooling CorrelatedFailures'])
    await cluster.run(seconds(50))
    expect(cluster.runs).toEqual([])

    await runUntil(minutes(15), () => breakers().length === 0)
    expect(cluster.runs.map(({ spec }) => spec?.node.name)).toEqual(['node-3'])
    expect([breakers(), offs(), events('BreakerClosed')]).toEqual([[], 1, 1])
  })

  test('a person resets that trip: what is left is healed at once', async () => {
    const { world } = await begun({ coolingSeconds: 86_400 })
    for (const name of ['node-1', 'node-2', 'node-3']) world.deadlock(name)
    await cluster.run(minutes(2))
    for (const name of ['node-1', 'node-2']) healByHand(name)
    await cluster.run(minutes(5))
    expect(cluster.runs).toEqual([])
    const [trip] = cluster.ledger?.spec?.breakers ?? []
    world.api.patch(...guardRef, { spec: { acknowledgedTrips: [trip?.tripID ?? ''] } })
    await runUntil(minutes(10), () => done() > 0)
    expect([breakers(), offs()]).toEqual([[], 1])
  })

  test('a canary that does not help trips it again', async () => {
    const { world } = await begun()
    for (const name of ['node-1', 'node-2', 'node-3']) world.deadlock(name)
    world.breakForGood('node-3')
    await cluster.run(minutes(2))
    for (const name of ['node-1', 'node-2']) healByHand(name)
    await runUntil(minutes(40), () => breakers()[0]?.endsWith('FailedRuns') === true)
    expect(breakers()[0]).toMatch(/^metal (Open|Cooling) FailedRuns$/)
    expect(cluster.runs).toHaveLength(1)
  })
})

test('a zone that goes dark stops everything before any hold has elapsed', async () => {
  const { world } = await begun()
  for (const name of ['node-1', 'node-2', 'node-3']) world.silence(name)
  world.deadlock('node-4')
  await cluster.run(minutes(10))
  expect(breakers()[0]).toBe('cluster Open CorrelatedFailures')
})

test('a ledger deleted and created anew: nothing starts, and the run under way says again that it disrupts', async () => {
  const { world } = await begun()
  world.deadlock('node-1')
  await cluster.until('Treating')
  const raw = world.objects.get(...ledgerRef)
  world.api.delete(...ledgerRef)
  await cluster.run(seconds(1))
  world.deadlock('node-2')
  world.apply([{ ...raw, metadata: { name: 'cluster' }, spec: {} }])
  await cluster.run(seconds(20))
  expect(cluster.ledger?.spec?.slots.map(({ nodeName }) => nodeName)).toEqual(['node-1'])
  expect(breakers()[0]).toMatch(/^cluster (Open|Cooling) LedgerReplaced$/)
  expect(cluster.runs).toHaveLength(1)

  await runUntil(minutes(30), () => cluster.runs.length === 2 && breakers().length === 0)
  expect([breakers(), offs()]).toEqual([[], 2])
})

test('the first run of a ladder is its canary: the second waits until it has helped', async () => {
  cluster = new OperatedCluster([metalPolicy({ limits: { maxUnhealthy: '100%', minHealthy: 0, maxConcurrent: 2 } })])
  await cluster.start()
  cluster.world.api.patch(...guardRef, { spec: { maxUnhealthy: '100%' } })
  cluster.world.deadlock('node-1')
  cluster.world.deadlock('node-2')
  await cluster.until('Treating')
  expect(cluster.ledger?.spec?.slots).toHaveLength(1)
  await runUntil(minutes(30), () => done() === 2)
  expect(offs()).toBe(2)
  expect(cluster.ledger?.spec?.proven).toHaveLength(1)
})
