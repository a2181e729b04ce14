import { beforeEach, expect, test } from 'vitest'
import { minutes, seconds } from '../../kernel/time.ts'
import type { AlertList, Alerts } from '../../ports/alerts.ts'
import { Loop } from '../loop.ts'
import { World } from '../world/world.ts'
import { AlertLine } from './alert-line.ts'
import { Outages } from './outages.ts'
import { someProcess } from './process.fixture.ts'
import type { ProcessEvent } from './process-event.ts'

let loop: Loop
let outages: Outages
let heard: ProcessEvent[]
let alerts: Alerts

beforeEach(async () => {
  loop = new Loop()
  const world = new World({ timers: loop, seed: 1, nodes: 1 })
  outages = new Outages(undefined, () => world.alertmanager.restart())
  heard = []
  const line = { loop, outages, tell: (event: ProcessEvent) => heard.push(event) }
  alerts = new AlertLine(world.alertmanager.alerts, line).of(someProcess(loop))
  world.alertmanager.fire({ alertname: 'Hot', node: 'node-1' })
  await loop.runFor(minutes(2))
})

async function listed(): Promise<AlertList | undefined> {
  let list: AlertList | undefined
  alerts.list().then(
    (answer) => (list = answer),
    () => {},
  )
  await loop.runFor(seconds(6))
  return list
}

test('one that was started anew lists nothing, and says how short it has run', async () => {
  expect(await listed()).toMatchObject({ alerts: [{ labels: { node: 'node-1' } }] })
  const over = outages.alertsEmpty.take()
  expect(await listed()).toEqual({ alerts: [], up: { ms: 0 } })
  await loop.runFor(minutes(3))
  over()
  expect(await listed()).toMatchObject({
    alerts: [{ labels: { node: 'node-1' } }],
    up: { ms: minutes(3) + seconds(6) },
  })
  expect(heard.map(({ kind }) => kind)).toEqual(['AlertsHeard', 'AlertsHeard'])
})

test('a cache before it repeats what it said when that began, and since when it had run', async () => {
  const [before, over] = [await listed(), outages.alertsReplayed.take()]
  const first = await listed()
  await loop.runFor(minutes(3))
  expect(await listed()).toEqual(first)
  over()
  expect(await listed()).not.toEqual(before)
})

test('one that is away answers nobody', async () => {
  outages.alertsDown.take()
  expect(await listed()).toBeUndefined()
})
