import { expect, test } from 'vitest'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { HealthMonitor } from './health.ts'

test('time that passes evenly disturbs nobody', async () => {
  const { clock, health } = monitored()
  await clock.advance(600_000)
  expect(health.last()).toBeUndefined()
  expect(health.numbers()).toEqual({ stalls: 0, jumps: 0, outages: 0, longestStallMs: 0 })
})

test('a process that stood still says so when it goes on', async () => {
  const { clock, health, log } = monitored()
  await clock.advance(10_500)
  clock.freeze(20_000)
  await clock.advance(0)
  expect(health.numbers()).toEqual({ stalls: 1, jumps: 0, outages: 0, longestStallMs: 19_500 })
  expect(log.lines).toEqual([{ level: 'warn', text: 'the process stood still', fields: { ms: 19_500 } }])
  expect(health.unsettled()).toMatchObject({ kind: 'Stall', ms: 19_500 })
  await clock.advance(10_000)
  expect(health.unsettled()).toBeUndefined()
  expect(health.last()).toMatchObject({ kind: 'Stall', ms: 19_500 })
})

test.each([3_600_000, -3_600_000])('a clock that is set by %i ms is noticed within a second', async (ms) => {
  const { clock, health } = monitored()
  await clock.advance(10_500)
  clock.jump(ms)
  await clock.advance(1_000)
  expect(health.numbers()).toMatchObject({ stalls: 0, jumps: 1 })
  expect(health.unsettled()).toMatchObject({ kind: 'ClockJump', ms })
})

test('two API servers whose clocks differ are told of once, wake everybody once, and stop everything while it lasts', async () => {
  const { clock, health, log } = monitored()
  let woken = 0
  health.onDisturbed(() => (woken += 1))
  for (let answer = 0; answer < 600; answer += 1) {
    health.clockMoved(answer % 2 === 0 ? 5_000 : -5_000)
    await clock.advance(100)
    expect(health.unsettled()).toMatchObject({ kind: 'ClockJump' })
  }
  expect([log.lines.length, woken]).toEqual([1, 1])
  await clock.advance(10_000)
  expect(health.unsettled()).toBeUndefined()
  health.clockMoved(5_000)
  expect([log.lines.length, woken]).toEqual([2, 2])
})

test('a clock that is disciplined gently is no jump', async () => {
  const { clock, health } = monitored()
  for (let minute = 0; minute < 60; minute += 1) {
    clock.jump(50)
    await clock.advance(60_000)
  }
  expect(health.numbers().jumps).toBe(0)
})

test('an API server that does not answer for as long as a lease stops everything, until it has answered for a while', async () => {
  const { clock, health } = monitored()
  health.answered()
  await clock.advance(15_000)
  expect(health.unsettled()).toBeUndefined()
  await clock.advance(1_000)
  expect(health.unsettled()).toMatchObject({ kind: 'Outage', ms: 16_000 })
  await clock.advance(44_000)
  health.answered()
  expect(health.last()).toMatchObject({ kind: 'Outage', ms: 60_000 })
  expect(health.unsettled()).toBe(health.last())
  for (let second = 0; second < 10; second += 1) {
    await clock.advance(1_000)
    health.answered()
  }
  expect(health.unsettled()).toBeUndefined()
})

function monitored() {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const health = new HealthMonitor({ local: clock, cluster: clock, log })
  void health.run(new AbortController().signal)
  return { clock, log, health }
}
