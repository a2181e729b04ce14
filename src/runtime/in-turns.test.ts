import { expect, test } from 'vitest'
import { FakeClock } from './fake-clock.fixture.ts'
import { eachInTurns, itemsPerTurn } from './in-turns.ts'

test('a long list is worked off in order, and others have their turn in between', async () => {
  const clock = new FakeClock()
  const items = Array.from({ length: itemsPerTurn * 2 + 1 }, (_, index) => index)
  const [done, seenByOthers]: [number[], number[]] = [[], []]
  const other = async (): Promise<void> => {
    while (done.length < items.length) {
      seenByOthers.push(done.length)
      await clock.sleep(0)
    }
  }
  const working = eachInTurns(items, clock, (item) => void done.push(item))
  void other()
  await clock.advance(0)
  await working
  expect(done).toEqual(items)
  expect([...new Set(seenByOthers)]).toEqual([itemsPerTurn, itemsPerTurn * 2])
})

test('a short list needs one turn', async () => {
  const done: number[] = []
  const sleep = async (): Promise<never> => await Promise.reject(new Error('nobody has to wait'))
  await eachInTurns([1, 2, 3], { sleep }, (item) => void done.push(item))
  expect(done).toEqual([1, 2, 3])
})
