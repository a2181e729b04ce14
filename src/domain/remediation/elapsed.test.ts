import { expect, test } from 'vitest'
import { instant } from '../../kernel/time.ts'
import { leftMs } from './elapsed.ts'

const since = instant(1_800_000_000_000)
const at = (ms: number) => instant(since + ms)

test('both clocks have to say that the time is over', () => {
  expect(leftMs({ since, watchedMs: 60_000 }, 60_000, at(60_000))).toBe(0)
  expect(leftMs({ since, watchedMs: 59_000 }, 60_000, at(60_000))).toBe(1_000)
  expect(leftMs({ since, watchedMs: 60_000 }, 60_000, at(58_000))).toBe(2_000)
})

test('a clock that was set forward by an hour ends nothing', () => {
  expect(leftMs({ since, watchedMs: 5_000 }, 60_000, at(3_605_000))).toBe(55_000)
})

test('a process that has just started waits the full time again', () => {
  expect(leftMs({ since, watchedMs: 0 }, 60_000, at(120_000))).toBe(60_000)
})

test('a clock that was set back by an hour delays nothing for an hour', () => {
  expect(leftMs({ since, watchedMs: 60_000 }, 60_000, at(-3_540_000))).toBe(0)
  expect(leftMs({ since, watchedMs: 10_000 }, 60_000, at(-3_590_000))).toBe(50_000)
})
