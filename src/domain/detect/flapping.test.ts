import { array, assert as hold, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { type Instant, instant, minutes } from '../../kernel/time.ts'
import { flapsOf, isReturning, withTurn } from './flapping.ts'
import { runOf } from './observation.fixture.ts'

const now = instant(1_800_000_000_000)
const ago = (count: number): Instant => instant(now - minutes(count))
const percentOf = (changes: readonly Instant[]) => flapsOf(changes, { now, was: false }).percent

test('a change in every stretch is 100 %, none is 0 %, and one is its weight of 20', () => {
  const alternating = Array.from({ length: 20 }, (_, index) => ago(3 * index + 1))
  expect(percentOf(alternating)).toBeCloseTo(100, 9)
  expect(percentOf([])).toBe(0)
  expect(percentOf([ago(0)])).toBeCloseTo((100 * 1.25) / 20, 9)
  expect(percentOf([ago(59)])).toBeCloseTo((100 * 0.75) / 20, 9)
})

test('what is older than an hour is forgotten; several changes in one stretch are one', () => {
  expect(percentOf([ago(60)])).toBe(0)
  expect(percentOf([ago(1), ago(1), ago(2)])).toBe(percentOf([ago(1)]))
})

test('flapping begins above 20 % and ends below 5 %', () => {
  const five = [ago(10), ago(20), ago(30), ago(40), ago(50)]
  expect(flapsOf(five, { now, was: false }).flapping).toBe(true)
  expect(flapsOf(five.slice(1), { now, was: false }).flapping).toBe(false)
  expect(flapsOf(five.slice(1), { now, was: true }).flapping).toBe(true)
  expect(flapsOf([ago(50)], { now, was: true }).flapping).toBe(false)
})

test('a change is noted once, and a bout that our treatment ended is taken out again', () => {
  const untreated = { runs: [], now }
  expect(withTurn([ago(5)], { was: true, is: true, ...untreated })).toEqual([ago(5)])
  expect(withTurn([ago(5)], { was: true, is: false, ...untreated })).toEqual([ago(5), now])
  expect(withTurn([ago(90), ago(5)], { was: true, is: false, runs: [runOf('Verifying')], now })).toEqual([])
  expect(withTurn([ago(5)], { was: true, is: false, runs: [runOf('Draining')], now })).toEqual([ago(5), now])
})

test('one that returned under treatment and ends under it takes nothing with it that was there before', () => {
  const runs = [runOf('Verifying')]
  const before = [ago(30), ago(20)]
  const returned = withTurn(before, { was: false, is: true, runs, now: ago(5) })
  expect(withTurn(returned, { was: true, is: false, runs, now })).toEqual(before)
})

test('a node that was ill once has not returned', () => {
  expect(isReturning([ago(5), ago(1)])).toBe(false)
  expect(isReturning([ago(9), ago(5), ago(1)])).toBe(true)
})

test('whatever the changes, the share is one of 100, and the list is bounded', () => {
  hold(
    property(array(integer({ min: -10, max: 200 })), (offsets) => {
      const changes = offsets.map(ago)
      const { percent } = flapsOf(changes, { now, was: false })
      expect(percent).toBeGreaterThanOrEqual(0)
      expect(percent).toBeLessThanOrEqual(100.000_001)
      expect(withTurn(changes, { was: false, is: true, runs: [], now }).length).toBeLessThanOrEqual(40)
    }),
  )
})
