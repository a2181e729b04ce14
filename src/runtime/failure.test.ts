import { expect, test } from 'vitest'
import { BrokenInvariantError } from '../kernel/assert.ts'
import {
  AlreadyExistsError,
  ConflictError,
  clusterTravelMaxMs,
  ExpiredError,
  NotFoundError,
  powerTravelMaxMs,
  RefusedError,
  ThrottledError,
  TimeoutError,
  UnavailableError,
} from '../ports/errors.ts'
import { failureOf, lostEffectHoldMs } from './failure.ts'
import { GuardGapError, NotLeadingError } from './fenced.ts'

test.each([
  [new TimeoutError('no answer'), 'Outage'],
  [new UnavailableError('refused'), 'Outage'],
  [new ThrottledError('busy', 1), 'Outage'],
  [new ConflictError('changed'), 'NotNow'],
  [new AlreadyExistsError('there'), 'NotNow'],
  [new NotFoundError('gone'), 'NotNow'],
  [new ExpiredError('too old'), 'NotNow'],
  [new NotLeadingError('the lease ends'), 'NotNow'],
  [new GuardGapError('too early', 1), 'NotNow'],
  [new RefusedError('forbidden', { status: 403, reason: 'Forbidden' }), 'Refused'],
  [new TypeError('x is not a function'), 'Defect'],
  ['not even an error', 'Defect'],
  [new BrokenInvariantError('two leaders'), 'Broken'],
])('%s is %s, also as the cause of something else', (error, kind) => {
  expect(failureOf(error).kind).toBe(kind)
  expect(failureOf(new Error('doing this', { cause: new Error('doing that', { cause: error }) })).kind).toBe(kind)
})

test('after an unknown outcome the key waits longer than any effect can travel', () => {
  expect(lostEffectHoldMs).toBeGreaterThan(Math.max(clusterTravelMaxMs, powerTravelMaxMs))
  expect(failureOf(new TimeoutError('no answer'))).toEqual({
    kind: 'Outage',
    wait: { kind: 'Hold', ms: lostEffectHoldMs },
  })
})

test.each([
  [new ThrottledError('busy', 7_000), 7_000],
  [new GuardGapError('too early', 12_000), 12_000],
])('%s says itself how long to wait', (error, ms) => {
  expect(failureOf(error)).toMatchObject({ wait: { kind: 'Hold', ms } })
})
