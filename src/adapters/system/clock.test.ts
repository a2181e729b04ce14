import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

test('a sleeper wakes after his time', async () => {
  const before = systemClock.mono()
  await systemClock.sleep(30)
  expect(systemClock.mono() - before).toBeGreaterThanOrEqual(29)
})

test('a sleeper wakes at once when he is told to, and does not fall asleep when he was told before', async () => {
  const before = systemClock.mono()
  const stop = new AbortController()
  const sleeping = systemClock.sleep(60_000, stop.signal)
  stop.abort()
  await sleeping
  await systemClock.sleep(60_000, stop.signal)
  expect(systemClock.mono() - before).toBeLessThan(5_000)
})

test('a time beyond every timer is no time at once', async () => {
  const stop = new AbortController()
  let isAwake = false
  const sleeping = systemClock.sleep(1e12, stop.signal).then(() => (isAwake = true))
  await systemClock.sleep(20)
  expect(isAwake).toBe(false)
  stop.abort()
  await sleeping
})
