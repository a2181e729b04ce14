import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pod } from '../../api/core/pod.ts'
import { blockedRetryMs, evictionRetryMs, evictionsInFlightMax, hopelessRetryMs } from '../../api/pacing.ts'
import { budgetWith, podWith } from './pod.fixture.ts'
import type { Refusal } from './pod-class.ts'
import { type WaveView, waveOf } from './wave.ts'

const names = (unusual: Partial<WaveView>): readonly string[] =>
  waveOf({
    free: [],
    blocked: [],
    leaving: [],
    budgets: { budgets: [], unread: {} },
    refusals: {},
    room: evictionsInFlightMax,
    sharers: 1,
    ...unusual,
  }).map(({ metadata }) => metadata.name)

const replicas = (count: number): readonly Pod[] => Array.from({ length: count }, (_, index) => podWith(`pg-${index}`))
const web = (name: string) => podWith(name, { metadata: { namespace: 'web', ownerReferences: [owner('web')] } })
const owner = (name: string) => ({ kind: 'ReplicaSet', name, uid: `${name}-uid`, controller: true })
const allowing = (disruptionsAllowed: number) => ({
  budgets: [budgetWith({ disruptionsAllowed, currentHealthy: 2 + disruptionsAllowed })],
  unread: {},
})
const no = (agoMs: number, kind: Refusal['kind'] = 'RefusedByBudget'): Refusal => ({ kind, message: 'no', agoMs })

test('of one budget no more are asked than it allows, and no fewer than one: what is known of it may be old', () => {
  expect(names({ free: replicas(5), budgets: allowing(2) })).toEqual(['pg-0', 'pg-1'])
  expect(names({ free: replicas(5), budgets: allowing(0) })).toEqual(['pg-0'])
})

test('one that has just said no is asked nothing for a while, a longer one where it is known to allow nobody', () => {
  const [first, ...rest] = replicas(5)
  const after = (agoMs: number, allowed: number) =>
    names({
      free: rest,
      blocked: first ? [first] : [],
      budgets: allowing(allowed),
      refusals: { 'pg-0-uid': no(agoMs) },
    })
  expect(after(evictionRetryMs - 1, 1)).toEqual([])
  expect(after(evictionRetryMs, 1)).toEqual(['pg-0'])
  expect(after(hopelessRetryMs - 1, 0)).toEqual([])
  expect(after(hopelessRetryMs, 0)).toEqual(['pg-0'])
})

test('two budgets on one pod are asked again only now and then', () => {
  const twice = { budgets: [...allowing(1).budgets, budgetWith({ disruptionsAllowed: 1 }, {}, 'second')], unread: {} }
  const after = (agoMs: number) =>
    names({ blocked: replicas(2), budgets: twice, refusals: { 'pg-0-uid': no(agoMs, 'Blocked') } })
  expect(after(evictionRetryMs)).toEqual([])
  expect(after(blockedRetryMs)).toEqual(['pg-0'])
})

test('10 that are blocked and 1 that is free: the free one goes at once', () => {
  const blocked = replicas(10)
  const refusals = Object.fromEntries(blocked.map(({ metadata }) => [metadata.uid, no(hopelessRetryMs)]))
  expect(names({ free: [web('zebra')], blocked, budgets: allowing(0), refusals, room: 1 })).toEqual(['zebra'])
})

test('runs that drain at the same time take equal parts of a budget', () => {
  expect(names({ free: replicas(8), budgets: allowing(6), sharers: 3 })).toEqual(['pg-0', 'pg-1'])
  expect(names({ free: replicas(8), budgets: allowing(2), sharers: 3 })).toEqual(['pg-0'])
})

test('a leader goes when its followers have left the node, and one of them that is blocked does not keep it', () => {
  const leader = podWith('a-leader', { metadata: { labels: { app: 'pg', role: 'primary' } } })
  const follower = podWith('b-follower', { metadata: { labels: { app: 'pg', role: 'replica' } } })
  expect(names({ free: [leader, follower] })).toEqual(['b-follower'])
  expect(names({ free: [leader], leaving: [follower] })).toEqual([])
  expect(names({ free: [leader], leaving: [web('of-another')] })).toEqual(['a-leader'])
  expect(names({ free: [leader], blocked: [follower] })).toContain('a-leader')
})

test('data on the node leaves when nothing else is left that can', () => {
  const local = podWith('a-local', { spec: { volumes: [{ name: 'v', emptyDir: {} }] } })
  expect(names({ free: [local, web('b')] })).toEqual(['b'])
  expect(names({ free: [local] })).toEqual(['a-local'])
})

test('where budgets may not be read one pod of an owner is asked for at a time', () => {
  expect(names({ free: replicas(3), budgets: { budgets: [], unread: { db: 'forbidden' } } })).toEqual(['pg-0'])
})

test('no wave is larger than its room or a budget, and none is empty while somebody free could be asked', () => {
  const anyWave = fc.record({
    pods: fc.integer({ min: 0, max: 12 }),
    others: fc.integer({ min: 0, max: 12 }),
    allowed: fc.integer({ min: 0, max: 8 }),
    room: fc.integer({ min: 0, max: 12 }),
    sharers: fc.integer({ min: 1, max: 5 }),
  })
  fc.assert(
    fc.property(anyWave, ({ pods, others, allowed, room, sharers }) => {
      const free = [...replicas(pods), ...Array.from({ length: others }, (_, index) => web(`web-${index}`))]
      const wave = names({ free, budgets: allowing(allowed), room, sharers })
      expect(wave.length).toBeLessThanOrEqual(room)
      expect(wave.filter((name) => name.startsWith('pg-')).length).toBeLessThanOrEqual(Math.max(1, allowed / sharers))
      expect(wave.length > 0).toBe(room > 0 && free.length > 0)
      expect(new Set(wave).size).toBe(wave.length)
    }),
  )
})
