import { expect, test } from 'vitest'
import { hours, minutes } from '../../kernel/time.ts'
import { epoch, Loop } from '../loop.ts'
import { MachineClock } from './machine-clock.ts'

const after = async (loop: Loop, ms: number): Promise<void> => await loop.runFor(ms)

test('a wall clock is off by its skew and by what somebody set; the monotonic one feels neither', async () => {
  const loop = new Loop()
  const clock = new MachineClock(loop, { skewMs: hours(1), driftPpm: 0 })
  await after(loop, minutes(1))
  clock.step(-hours(2))
  expect([clock.now() - epoch, clock.mono()]).toEqual([minutes(1) - hours(1), minutes(1)])
})

test('a fast clock counts too much, and wakes its sleepers too early', async () => {
  const loop = new Loop()
  const clock = new MachineClock(loop, { skewMs: 0, driftPpm: 10_000 })
  const wokeAt = clock.sleep(minutes(101)).then(() => loop.mono())
  await after(loop, hours(2))
  expect([clock.mono(), await wokeAt]).toEqual([hours(2) * 1.01, minutes(100)])
})

test('whoever sleeps until a moment has reached it when he wakes, at any speed', async () => {
  for (const driftPpm of [-10_000, -721, 3, 9_999]) {
    const loop = new Loop()
    const clock = new MachineClock(loop, { skewMs: 0, driftPpm })
    await after(loop, 1_237)
    const due = clock.mono() + 4_999
    const wokeAt = clock.sleep(4_999).then(() => clock.mono())
    await after(loop, minutes(1))
    expect(await wokeAt).toBeGreaterThanOrEqual(due)
  }
})
