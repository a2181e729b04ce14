import { assert, integer, nat, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { changesInMs, claimOf, clearedOf } from '../claim.ts'
import { after, monoAfter, nodeWith } from '../evidence.fixture.ts'
import type { SignalClaim } from '../evidence.ts'
import type { LeaseSeen } from '../sources-seen.ts'
import { look } from './look.fixture.ts'

const signal = (more: object = {}): Signal => signalSchema.parse({ name: 'silent', lease: {}, ...more })

/** Seconds after noon. */
const seen = (lookedAt: number, stillSince?: number, movedAt?: number): LeaseSeen => ({
  kind: 'Known',
  lookedAtMono: monoAfter(lookedAt),
  stillSinceMono: stillSince === undefined ? undefined : monoAfter(stillSince),
  movedAtMono: movedAt === undefined ? undefined : monoAfter(movedAt),
  renewTime: '2026-11-21T11:59:00Z',
})
const at = (second: number) => ({ now: after(second), mono: monoAfter(second) })
const claim = (lease: LeaseSeen, second: number, more: object = {}) =>
  claimOf(signal(more), look(at(second), { lease }))

test.each<readonly [string, LeaseSeen, Partial<SignalClaim>]>([
  ['that moved lately', seen(60, 50, 50), { state: 'False', reason: undefined }],
  ['that stood for less than the limit', seen(60, 21, 21), { state: 'False', reason: undefined }],
  ['that stood for the limit', seen(60, 20, 20), { state: 'True', reason: undefined }],
  ['that stood since it was first seen, for the limit', seen(60, 20), { state: 'True', reason: undefined }],
  ['that has not been watched for the limit', seen(60, 21), { state: 'Unknown', reason: 'SignalMissing' }],
  ['that has not been watched since a gap', seen(60, 50, 10), { state: 'Unknown', reason: 'SignalMissing' }],
  ['that is not there', seen(60), { state: 'Unknown', reason: 'SignalMissing' }],
  ['that was read too long ago', seen(29, 20, 20), { state: 'Unknown', reason: 'SignalStale' }],
  [
    'that cannot be read',
    { kind: 'Unavailable', message: 'forbidden' },
    { state: 'Unknown', reason: 'SourceUnavailable' },
  ],
])('a Lease %s', (_, lease, expected) => {
  expect(claim(lease, 60)).toMatchObject(expected)
})

test('a limit of its own is told of when it is over, and looked at again while it is: nobody tells of the same answer', () => {
  const waits = (second: number, more: object) =>
    changesInMs(signal(more), look(at(second), { lease: seen(60, 50, 50) }))
  expect(waits(70, { freshnessSeconds: 15 })).toBe(5_001)
  expect(waits(80, { freshnessSeconds: 15 })).toBe(10_000)
  expect(waits(80, {})).toBeUndefined()
})

test('what the kubelet wrote is hostile text', () => {
  const lease = { ...seen(60, 0, 0), renewTime: 'now\n' }
  expect(claim(lease, 60).message).toBe('the Lease has not moved for 40s; it says now\\u000a')
})

test.each([
  ['seen to move after the treatment', seen(60, 50, 50), true],
  ['seen to move before it only', seen(60, 30, 30), false],
  ['never seen to move', seen(60, 50), false],
  ['standing again', seen(90, 50, 50), false],
  ['out of reach', { kind: 'Unavailable', message: 'forbidden' } as const, false],
])('a Lease %s', (_, lease, cleared) => {
  const clearing = { ...look(at(90), { lease }), treatedAt: after(40), bootChanged: true, pods: [] }
  expect(clearedOf(signal({ freshnessSeconds: 60 }), clearing).cleared).toBe(cleared)
})

test('the check that the policy names must pass as well', () => {
  const clearing = { ...look(at(60), { lease: seen(60, 50, 50) }), treatedAt: after(40), bootChanged: false, pods: [] }
  const checked = signal({ clearedWhen: { healthCheck: 'Kubelet' } })
  expect(clearedOf(checked, clearing).cleared).toBe(false)
  const node = nodeWith([{ type: 'Ready', status: 'True', heartbeat: 50 }])
  expect(clearedOf(checked, { ...clearing, node }).cleared).toBe(true)
})

test('a longer silence is never less of a claim, and a higher limit never more', () => {
  const rank = { False: 0, Unknown: 0, True: 1 }
  const silences = tuple(nat(300), nat(300))
  const limits = tuple(integer({ min: 20, max: 200 }), nat(100))
  assert(
    property(silences, limits, ([still, more], [limit, higher]) => {
      const state = (stillFor: number, silentSeconds: number) =>
        claim(seen(60, 60 - stillFor, 0), 60, { lease: { silentSeconds } }).state
      expect(rank[state(still + more, limit)]).toBeGreaterThanOrEqual(rank[state(still, limit)])
      expect(rank[state(still, limit + higher)]).toBeLessThanOrEqual(rank[state(still, limit)])
    }),
  )
})
