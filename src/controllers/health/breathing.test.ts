import { expect, test } from 'vitest'
import { type Mono, mono } from '../../kernel/time.ts'
import { breathing } from './breathing.ts'

/** A clock that stands still between turns, and counts them. */
function scene() {
  let [nowMs, turns] = [0, 0]
  const sleep = async (): Promise<void> => {
    await new Promise<void>((resolve) => setImmediate(resolve))
    turns += 1
  }
  const inTurn = breathing({ mono: (): Mono => mono(nowMs), sleep })
  const look = async (ms: number): Promise<void> => {
    nowMs += ms
  }
  /** The most that was done between two turns. */
  const work = async (workers: number, { looks, ms }: { looks: number; ms: number }): Promise<number> => {
    let [left, longest, begunAt, lastTurn] = [looks, 0, 0, 0]
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await inTurn(async () => await look(ms))
        if (turns !== lastTurn) [lastTurn, begunAt] = [turns, nowMs - ms]
        longest = Math.max(longest, nowMs - begunAt)
      }
    }
    await Promise.all(Array.from({ length: workers }, worker))
    return longest
  }
  return { work, turns: () => turns }
}

test('one stretch of dear looks is short, however many workers there are', async () => {
  const { work } = scene()
  expect(await work(8, { looks: 200, ms: 4 })).toBeLessThanOrEqual(10 + 4)
})

test('cheap looks are many in one stretch, and come to an end', async () => {
  const { work, turns } = scene()
  await work(8, { looks: 640, ms: 0 })
  expect(turns()).toBeGreaterThanOrEqual(8)
  expect(turns()).toBeLessThanOrEqual(11)
})
