import { beforeEach, expect, test } from 'vitest'
import { ageQuery } from '../../controllers/sources/metric-server.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { Metrics, MetricsAnswer } from '../../ports/metrics.ts'
import { Loop } from '../loop.ts'
import { zombiesMetric } from '../world/prometheus/prometheus.ts'
import { World } from '../world/world.ts'
import { MetricLine } from './metric-line.ts'
import { Outages } from './outages.ts'
import { someProcess } from './process.fixture.ts'
import type { ProcessEvent } from './process-event.ts'

let loop: Loop
let world: World
let outages: Outages
let heard: ProcessEvent[]
let metrics: Metrics

beforeEach(async () => {
  loop = new Loop()
  world = new World({ timers: loop, seed: 1, nodes: 4 })
  outages = new Outages()
  heard = []
  metrics = new MetricLine(world.prometheus, { loop, outages, tell: (event) => heard.push(event) }).of(
    someProcess(loop),
  )
  await loop.runFor(minutes(2))
})

/** What came of it within so many seconds; undefined: nothing yet. */
async function asked(expr: string, withinSeconds = 1): Promise<MetricsAnswer | Error | undefined> {
  let outcome: MetricsAnswer | Error | undefined
  metrics.query(expr).then(
    (answer) => (outcome = answer),
    (error: unknown) => (outcome = error instanceof Error ? error : new Error(String(error))),
  )
  await loop.runFor(seconds(withinSeconds))
  return outcome
}

async function zombies(): Promise<Readonly<Record<string, number | undefined>> | undefined> {
  const answer = await asked(zombiesMetric)
  if (answer === undefined || answer instanceof Error) return undefined
  return Object.fromEntries(answer.series.map(({ labels, samples }) => [labels['node'], samples[0]?.value]))
}

const ageSeconds = async (): Promise<number | undefined> => {
  const answer = await asked(ageQuery)
  return answer === undefined || answer instanceof Error ? undefined : answer.series[0]?.samples[0]?.value
}

test('a healthy one tells what is so, a scrape late', async () => {
  world.machine('node-1').zombies = 40
  await loop.runFor(seconds(15))
  expect(await zombies()).toEqual({ 'node-1': 40, 'node-2': 0, 'node-3': 0, 'node-4': 0 })
  expect(await ageSeconds()).toBeLessThan(16)
  expect(heard.map(({ kind }) => kind)).toEqual(['MetricsHeard', 'MetricsHeard'])
})

test('a machine that is off has no series', async () => {
  world.machine('node-1').turnOff()
  await loop.runFor(seconds(15))
  expect(Object.keys((await zombies()) ?? {})).toEqual(['node-2', 'node-3', 'node-4'])
})

test('one that is down lets people wait, and tells nothing', async () => {
  outages.metricsDown.take()
  expect(await asked(zombiesMetric, 4)).toBeUndefined()
  expect(await asked(zombiesMetric, 6)).toMatchObject({ message: 'prometheus is not reachable' })
  expect(heard).toEqual([])
})

test('one that is slow answers late', async () => {
  outages.metricsSlow.take()
  expect(await asked(zombiesMetric, 3)).toBeUndefined()
  expect(await asked(zombiesMetric, 5)).toMatchObject({ warnings: [] })
})

test('one that was started anew has neither samples nor an age', async () => {
  outages.metricsEmpty.take()
  expect([await zombies(), await ageSeconds()]).toEqual([{}, undefined])
  expect(heard).toEqual([])
})

test('one that lacks a shard says so', async () => {
  outages.metricsPartial.take()
  expect(await zombies()).toEqual({ 'node-1': 0, 'node-3': 0 })
  expect(await asked(zombiesMetric)).toMatchObject({ warnings: ['shard 2 is away'] })
})

test('one that scrapes no more says what was, grows old and then says nothing', async () => {
  outages.metricsOld.take()
  await zombies()
  world.machine('node-1').zombies = 40
  await loop.runFor(minutes(2))
  expect(await zombies()).toMatchObject({ 'node-1': 0 })
  expect(await ageSeconds()).toBeGreaterThan(115)
  await loop.runFor(minutes(4))
  expect([await zombies(), await ageSeconds()]).toEqual([{}, undefined])
})
