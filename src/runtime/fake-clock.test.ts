import { expect, test } from 'vitest'
import { FakeClock } from './fake-clock.fixture.ts'

test('whoever waits for nothing again and again is told, instead of waited for', async () => {
  const clock = new FakeClock()
  const stop = new AbortController()
  void (async () => {
    while (!stop.signal.aborted) await clock.sleep(0)
  })()
  await expect(clock.advance(1_000)).rejects.toThrow('no time has passed')
  stop.abort()
})

test('many who wake at one moment are no loop', async () => {
  const clock = new FakeClock()
  let woken = 0
  for (let sleeper = 0; sleeper < 500; sleeper += 1) void clock.sleep(10).then(() => (woken += 1))
  await clock.advance(10)
  expect(woken).toBe(500)
})
