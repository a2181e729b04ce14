import { expect, test } from 'vitest'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { HealthMonitor } from './health.ts'

test('time that passes evenly disturbs nobody', async () => {
  const { clock, health } = monitored()
  await clock.advance(600_000)
  expect(health.undisturbedForMs()).toBe(Number.POSITIVE_INFINITY)
  expect(health.numbers()).toEqual({ stalls: 0, jumps: 0, longestStallMs: 0 })
})

test('a process that stood still says so when it goes on', async () => {
  const { clock, health, log } = monitored()
  await clock.advance(10_500)
  clock.freeze(20_000)
  await clock.advance(0)
  expect(health.numbers()).toEqual({ stalls: 1, jumps: 0, longestStallMs: 19_500 })
  expect(log.lines).toEqual([{ level: 'warn', text: 'the process stood still', fields: { ms: 19_500 } }])
  await clock.advance(30_000)
  expect(health.undisturbedForMs()).toBe(30_000)
})

test.each([3_600_000, -3_600_000])('a clock that is set by %i ms is noticed within a second', async (ms) => {
  const { clock, health } = monitored()
  await clock.advance(10_500)
  clock.jump(ms)
  await clock.advance(1_000)
  expect(health.numbers()).toMatchObject({ stalls: 0, jumps: 1 })
  expect(health.undisturbedForMs()).toBe(500)
})

test('a clock that is disciplined gently is no jump', async () => {
  const { clock, health } = monitored()
  for (let minute = 0; minute < 60; minute += 1) {
    clock.jump(50)
    await clock.advance(60_000)
  }
  expect(health.numbers().jumps).toBe(0)
})

function monitored() {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const health = new HealthMonitor(clock, log)
  void health.run(new AbortController().signal)
  return { clock, log, health }
}
