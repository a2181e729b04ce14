import { expect, test } from 'vitest'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { mono } from '../../kernel/time.ts'
import { Sightings } from './sightings.ts'

const uid = 'uid-1'

test('a step is watched from its first sight on, however often the run changes otherwise', () => {
  const sightings = new Sightings()
  sightings.note(run('1', draining), mono(1_000))
  sightings.note(run('2', { ...draining, message: 'other words' }), mono(5_000))
  expect(watched(sightings, 9_000).stepMs).toBe(8_000)
})

test('a new stage, a new attempt and a new step are watched from then on', () => {
  const sightings = new Sightings()
  const stage = { ...draining, name: 'Treating', stage: 'PoweringOff', stageSince: at(1), attempt: 1 }
  sightings.note(run('1', stage), mono(1_000))
  sightings.note(run('2', { ...stage, stage: 'ConfirmingOff', stageSince: at(2) }), mono(2_000))
  expect(watched(sightings, 9_000).stepMs).toBe(7_000)
  sightings.note(run('3', { ...stage, stage: 'ConfirmingOff', stageSince: at(2), attempt: 2 }), mono(3_000))
  expect(watched(sightings, 9_000).stepMs).toBe(6_000)
})

test('a watch that lags behind a live read does not begin anything anew', () => {
  const sightings = new Sightings()
  sightings.note(run('10', { ...draining, name: 'Draining' }), mono(1_000))
  sightings.note(run('9', { ...draining, name: 'Cordoning' }), mono(2_000))
  expect(watched(sightings, 3_000).stepMs).toBe(2_000)
})

test('the last order to a BMC is remembered until its run is forgotten', () => {
  const sightings = new Sightings()
  expect(sightings.lastOrder(uid, mono(0))).toBeUndefined()
  sightings.ordered(uid, 'TurnOff', mono(1_000))
  sightings.ordered(uid, 'TurnOn', mono(5_000))
  expect(sightings.lastOrder(uid, mono(7_000))).toEqual({ kind: 'TurnOn', agoMs: 2_000 })
  sightings.forget(uid)
  expect(sightings.lastOrder(uid, mono(7_000))).toBeUndefined()
})

test('stability is watched apart from its step', () => {
  const sightings = new Sightings()
  const verifying = { ...draining, name: 'Verifying', treatedTime: at(1) }
  sightings.note(run('1', verifying), mono(1_000))
  sightings.note(run('2', { ...verifying, stableSince: at(4) }), mono(4_000))
  expect(watched(sightings, 9_000)).toEqual({ stepMs: 8_000, stableMs: 5_000 })
})

test('what was watched across a disturbance does not count', () => {
  const sightings = new Sightings()
  sightings.note(run('1', draining), mono(1_000))
  expect(sightings.watched(uid, { now: mono(9_000), disturbedAt: mono(6_000) }).stepMs).toBe(3_000)
})

test('a run that was never seen has not been watched', () => {
  expect(watched(new Sightings(), 9_000)).toEqual({ stepMs: 0, stableMs: 0 })
})

test('a lease counts as renewed once it was seen to change, and not before', () => {
  const sightings = new Sightings()
  expect(sightings.leaseMovedMs(uid, 'a', mono(1_000))).toBeUndefined()
  expect(sightings.leaseMovedMs(uid, 'a', mono(2_000))).toBeUndefined()
  expect(sightings.leaseMovedMs(uid, 'b', mono(3_000))).toBe(1_000)
  expect(sightings.leaseMovedMs(uid, 'b', mono(8_000))).toBe(6_000)
})

const at = (second: number): string => `2026-11-21T12:00:0${second}Z`

const draining: JsonObject = { name: 'Draining', since: at(0), rung: 0, deadline: at(9) }

const watched = (sightings: Sightings, now: number) =>
  sightings.watched(uid, { now: mono(now), disturbedAt: undefined })

const run = (resourceVersion: string, step: JsonObject) =>
  runKind.project({ metadata: { name: 'nr-1', uid, resourceVersion }, status: { step } })

test('a renewal may be as old as the look before the one that shows it: a leader that is back had not looked for long', () => {
  const sightings = new Sightings()
  expect(sightings.leaseMovedMs(uid, 'a', mono(1_000))).toBeUndefined()
  expect(sightings.leaseMovedMs(uid, 'b', mono(200_000))).toBe(199_000)
  expect(sightings.leaseMovedMs(uid, 'c', mono(201_000))).toBe(1_000)
})
