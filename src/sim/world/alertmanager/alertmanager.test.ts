import { expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../../kernel/time.ts'
import { RefusedError, UnavailableError } from '../../../ports/errors.ts'
import { epoch, Loop } from '../../loop.ts'
import { physicsFixture } from '../host/physics.fixture.ts'
import { Alertmanager } from './alertmanager.ts'
import { Load } from './load.ts'

const labels = { alertname: 'NodeCPUSaturated', node: 'node-1' }

function place(): { readonly loop: Loop; readonly alertmanager: Alertmanager } {
  const loop = new Loop()
  const nature = physicsFixture(loop)
  return { loop, alertmanager: new Alertmanager(nature, new Load(nature), []) }
}

test('an alert fires until it is resolved, and is sent again every minute', async () => {
  const { loop, alertmanager } = place()
  alertmanager.fire(labels)
  await loop.runFor(minutes(2) + seconds(30))
  expect((await alertmanager.alerts.list()).alerts).toEqual([
    {
      labels,
      startsAt: epoch,
      updatedAt: epoch + minutes(2),
      endsAt: epoch + minutes(6),
      state: 'active',
      fingerprint: alertmanager.active[0]?.fingerprint,
    },
  ])
  alertmanager.resolve(labels)
  expect((await alertmanager.alerts.list()).alerts).toEqual([])
})

test('an alert that fires already goes on from its beginning', async () => {
  const { loop, alertmanager } = place()
  alertmanager.fire(labels)
  await loop.runFor(seconds(10))
  alertmanager.fire(labels)
  expect(alertmanager.active.map(({ startsAt }) => startsAt)).toEqual([epoch])
})

test('one that was started anew has forgotten everything, says so, and lists what it is sent again', async () => {
  const { loop, alertmanager } = place()
  alertmanager.fire(labels)
  await loop.runFor(seconds(90))
  const { up: before } = await alertmanager.alerts.list()
  expect(before).toEqual({ ms: hours(24) + seconds(90) })
  alertmanager.restart()
  await loop.runFor(seconds(29))
  expect(await alertmanager.alerts.list()).toEqual({ alerts: [], up: { ms: seconds(29) } })
  expect(alertmanager.active).toHaveLength(1)
  await loop.runFor(seconds(1))
  expect((await alertmanager.alerts.list()).alerts).toMatchObject([{ labels, startsAt: epoch }])
})

test('the API answers as Alertmanager v2 does', () => {
  const { alertmanager } = place()
  alertmanager.fire(labels)
  expect(alertmanager.apiV2).toMatchObject([
    { labels, startsAt: '2026-01-01T00:00:00.000Z', status: { state: 'active', silencedBy: [], inhibitedBy: [] } },
  ])
})

test('one that is down is unavailable, and a page in its place is refused', async () => {
  const { alertmanager } = place()
  alertmanager.trouble = 'Down'
  await expect(alertmanager.alerts.list()).rejects.toThrow(UnavailableError)
  alertmanager.trouble = 'Html'
  await expect(alertmanager.alerts.list()).rejects.toThrow(RefusedError)
})
