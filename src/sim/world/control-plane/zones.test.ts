import { expect, test } from 'vitest'
import { mayEvict, type ZoneCount, zoneState } from './zones.ts'

const zones = (counts: Readonly<Record<string, ZoneCount>>): ReadonlyMap<string, ZoneCount> =>
  new Map(Object.entries(counts))

test('a zone is disrupted in part from 55 % and three nodes on, fully when none is left', () => {
  expect(zoneState({ ready: 2, notReady: 2 })).toBe('Normal')
  expect(zoneState({ ready: 2, notReady: 3 })).toBe('PartialDisruption')
  expect(zoneState({ ready: 0, notReady: 1 })).toBe('FullDisruption')
})

test('nodes of a healthy zone, and of one that is wholly gone, are emptied', () => {
  expect(mayEvict('a', zones({ a: { ready: 3, notReady: 1 }, b: { ready: 4, notReady: 0 } }))).toBe(true)
  expect(mayEvict('a', zones({ a: { ready: 0, notReady: 4 }, b: { ready: 4, notReady: 0 } }))).toBe(true)
})

test('nothing is emptied when every zone is gone, nor in a half-dead zone of a small cluster', () => {
  expect(mayEvict('a', zones({ a: { ready: 0, notReady: 4 }, b: { ready: 0, notReady: 1 } }))).toBe(false)
  expect(mayEvict('a', zones({ a: { ready: 1, notReady: 3 }, b: { ready: 4, notReady: 0 } }))).toBe(false)
  expect(mayEvict('a', zones({ a: { ready: 1, notReady: 3 }, b: { ready: 60, notReady: 0 } }))).toBe(true)
})
