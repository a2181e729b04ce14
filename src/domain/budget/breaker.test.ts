import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Breaker, ledgerSpecSchema } from '../../api/v1alpha1/disruption-ledger.ts'
import { type Instant, instant, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { type BreakerSeen, type Canary, canaryOf, nextBreaker } from './breaker.ts'
import { slot, start } from './budget-view.fixture.ts'
import type { Excess } from './excess.ts'

const now = instant(1_800_000_000_000)
const faults = (figure: number): Excess => ({ input: 'MaxUnhealthy', message: `${figure} of 10 nodes`, figure })

/** The ordinary case: nothing is wrong, and this process has watched for as long as the wall says. */
const seen = (unusual: Partial<BreakerSeen> = {}): BreakerSeen => ({
  scope: 'general',
  now,
  excesses: [],
  isDoubtful: false,
  acknowledged: [],
  coolingMs: minutes(15),
  seenCoolingMs: minutes(60),
  canary: 'None',
  tripID: 'trip-new',
  ...unusual,
})
const trip = (state: Breaker['state'], more: Partial<Breaker> = {}): Breaker => ({
  scope: 'general',
  state,
  tripID: 'trip-1',
  tripTime: rfc3339(later(now, -minutes(30))),
  input: 'MaxUnhealthy',
  message: '3 of 10 nodes',
  figure: 3,
  ...more,
})
const cooling = (sinceMs: number) => trip('Cooling', { coolingSince: rfc3339(later(now, -sinceMs)) })

test('an excess trips, and the trip says when, why and at which figures', () => {
  expect(nextBreaker(undefined, seen())).toBeUndefined()
  expect(nextBreaker(undefined, seen({ excesses: [faults(3)] }))).toEqual({
    scope: 'general',
    state: 'Open',
    tripID: 'trip-new',
    tripTime: rfc3339(now),
    input: 'MaxUnhealthy',
    message: '3 of 10 nodes',
    figure: 3,
  })
})

test('a falling share only starts the cooling', () => {
  expect(nextBreaker(trip('Open'), seen())).toEqual({ ...trip('Open'), state: 'Cooling', coolingSince: rfc3339(now) })
})

test('while the cause lasts it stays the same trip; people read how much it has grown', () => {
  expect(nextBreaker(trip('Open'), seen({ excesses: [faults(3)] }))).toEqual(trip('Open'))
  expect(nextBreaker(trip('Open'), seen({ excesses: [faults(9)] }))).toMatchObject({ tripID: 'trip-1', figure: 9 })
})

describe('cooling', () => {
  test('takes its whole time, and then one canary may try', () => {
    expect(nextBreaker(cooling(minutes(14)), seen())).toEqual(cooling(minutes(14)))
    expect(nextBreaker(cooling(minutes(15)), seen())?.state).toBe('HalfOpen')
  })

  test('a new excess is a new trip', () => {
    expect(nextBreaker(cooling(minutes(60)), seen({ excesses: [faults(3)] }))).toMatchObject({
      state: 'Open',
      tripID: 'trip-new',
    })
  })

  test('a clock that was set forward, and a restart, shorten nothing', () => {
    expect(nextBreaker(cooling(minutes(600)), seen({ seenCoolingMs: minutes(14) }))?.state).toBe('Cooling')
  })

  test('a time that is still to come, or none at all, begins anew', () => {
    expect(nextBreaker(cooling(-minutes(60)), seen())?.coolingSince).toBe(rfc3339(now))
    expect(nextBreaker(trip('Cooling'), seen())?.coolingSince).toBe(rfc3339(now))
    expect(nextBreaker(trip('Cooling', { coolingSince: 'soon' }), seen())?.coolingSince).toBe(rfc3339(now))
  })
})

describe('half open', () => {
  const tried = trip('HalfOpen', { canaryRunUID: 'canary' })

  test.each<[Canary, Partial<Breaker> | undefined]>([
    ['Running', { state: 'HalfOpen', canaryRunUID: 'canary' }],
    ['Helped', undefined],
    ['Failed', { state: 'Open', tripID: 'trip-new', message: 'the canary canary did not help' }],
    ['Lost', { state: 'Open', tripID: 'trip-new' }],
  ])('a canary that is %s', (canary, expected) => {
    const next = nextBreaker(tried, seen({ canary }))
    if (expected === undefined) expect(next).toBeUndefined()
    else expect(next).toMatchObject(expected)
  })

  test('one that proved nothing makes room for the next', () => {
    expect(nextBreaker(tried, seen({ canary: 'NoVerdict' }))).toEqual(trip('HalfOpen'))
  })

  test('half a list neither closes nor goes on', () => {
    expect(nextBreaker(tried, seen({ canary: 'Helped', isDoubtful: true }))).toEqual(tried)
    expect(nextBreaker(trip('Open'), seen({ isDoubtful: true }))).toEqual(trip('Open'))
  })

  test('what became of the canary stands in slots and starts', () => {
    const spec = (more: object) => ledgerSpecSchema.parse(more)
    const ended = (more: object) => spec({ starts: [start('canary', 1, { endTime: rfc3339(now), ...more })] })
    expect(canaryOf(trip('HalfOpen'), spec({}))).toBe('None')
    expect(canaryOf(tried, spec({ slots: [slot('canary')], starts: [start('canary', 1)] }))).toBe('Running')
    expect(canaryOf(tried, ended({ verdict: 'Helped' }))).toBe('Helped')
    expect(canaryOf(tried, ended({}))).toBe('NoVerdict')
    expect(canaryOf(tried, spec({ starts: [start('canary', 1)] }))).toBe('Lost')
    expect(canaryOf(tried, spec({}))).toBe('Lost')
  })
})

describe('a person who acknowledges', () => {
  const acknowledged = ['trip-1']

  test.each(['Open', 'Cooling', 'HalfOpen'] as const)('closes it where it is %s, once the cause is gone', (state) => {
    expect(nextBreaker(trip(state), seen({ acknowledged }))).toBeUndefined()
    expect(nextBreaker(trip(state), seen({ acknowledged: ['trip-2'] }))).not.toBeUndefined()
  })

  test('has seen these figures and not much larger ones', () => {
    const next = nextBreaker(trip('Open'), seen({ acknowledged, excesses: [faults(3)] }))
    expect(next).toEqual(trip('Acknowledged'))
    expect(nextBreaker(next, seen({ excesses: [faults(3)] }))).toEqual(next)
    expect(nextBreaker(next, seen({ excesses: [faults(4)] }))).toMatchObject({ state: 'Open', tripID: 'trip-new' })
    expect(nextBreaker(next, seen())).toBeUndefined()
  })

  test('has seen the runs that had failed by then, and none that failed since', () => {
    const failed = (agoMs: number): Excess => ({
      input: 'FailedRuns',
      message: '3 of 5',
      figure: 3,
      happenedAt: later(now, -agoMs),
    })
    const known = trip('Acknowledged', { input: 'FailedRuns' })
    expect(nextBreaker(known, seen({ excesses: [failed(minutes(31))] }))?.state).toBe('Acknowledged')
    expect(nextBreaker(known, seen({ excesses: [failed(minutes(29))] }))?.state).toBe('Open')
  })
})

test('runs that failed before the trip do not keep it from cooling', () => {
  const failed: Excess = { input: 'FailedRuns', message: 'm', figure: 3, happenedAt: later(now, -minutes(31)) }
  expect(nextBreaker(trip('Open', { input: 'FailedRuns' }), seen({ excesses: [failed] }))?.state).toBe('Cooling')
})

test('a ledger that was replaced is a trip of its own, whatever stood open', () => {
  const replaced: Excess = { input: 'LedgerReplaced', message: 'm', figure: 0 }
  const next = nextBreaker(trip('Open'), seen({ excesses: [replaced, faults(9)] }))
  expect(next).toMatchObject({ tripID: 'trip-new', input: 'LedgerReplaced' })
  expect(nextBreaker(next, seen({ excesses: [replaced, faults(9)], tripID: 'trip-newer' }))).toEqual(next)
})

/** One thing that may happen between two looks. */
const happening = fc.record({
  afterMs: fc.integer({ min: 0, max: minutes(20) }),
  jumpMs: fc.constantFrom(0, 0, 0, minutes(60), -minutes(60)),
  excesses: fc.array(
    fc.record({
      input: fc.constantFrom<Excess['input']>('MaxUnhealthy', 'CorrelatedFailures', 'FailedRuns', 'LedgerReplaced'),
      message: fc.constant('m'),
      figure: fc.integer({ min: 0, max: 20 }),
    }),
    { maxLength: 2 },
  ),
  isDoubtful: fc.boolean(),
  canary: fc.constantFrom<Canary>('None', 'Running', 'Helped', 'Failed', 'NoVerdict', 'Lost'),
  claims: fc.boolean(),
  acknowledges: fc.boolean(),
  restarts: fc.boolean(),
})

interface Walk {
  readonly breaker: Breaker | undefined
  readonly at: Instant
  readonly coolingSeenMs: number
  readonly acknowledged: readonly string[]
}

const isClosed = (breaker: Breaker | undefined): boolean => breaker === undefined || breaker.state === 'Acknowledged'

test('whatever happens, only a person or a verified canary closes it, and no trip has an id that was there before', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const trips = new Set<string>()
      let walk: Walk = { breaker: undefined, at: now, coolingSeenMs: 0, acknowledged: [] }
      happenings.forEach((one, index) => {
        walk = { ...walk, ...stepOf(walk, one, { trips, tripID: `trip-${index}` }) }
      })
    }),
    { numRuns: 500 },
  )
})

interface Trips {
  readonly trips: Set<string>
  readonly tripID: string
}

type Happening = Parameters<Parameters<typeof happening.map>[0]>[0]

function stepOf({ breaker, at, coolingSeenMs, acknowledged }: Walk, one: Happening, { trips, tripID }: Trips): Walk {
  const wall = later(at, one.afterMs + one.jumpMs)
  const watched = one.restarts ? 0 : coolingSeenMs + one.afterMs
  const known = one.acknowledges && breaker !== undefined ? [...acknowledged, breaker.tripID] : acknowledged
  const claimed: Breaker | undefined =
    one.claims && breaker?.state === 'HalfOpen' && breaker.canaryRunUID === undefined
      ? { ...breaker, canaryRunUID: 'canary' }
      : breaker
  const canary = claimed?.canaryRunUID === undefined ? 'None' : one.canary
  const next = nextBreaker(claimed, {
    ...seen(),
    ...one,
    now: wall,
    acknowledged: known,
    seenCoolingMs: watched,
    canary,
    tripID,
  })
  const isByPerson = claimed !== undefined && (claimed.state === 'Acknowledged' || known.includes(claimed.tripID))
  if (!isClosed(claimed) && isClosed(next)) {
    const isByCanary = claimed?.state === 'HalfOpen' && canary === 'Helped' && !one.isDoubtful
    expect(isByPerson || isByCanary).toBe(true)
    if (!isByPerson) expect(one.excesses).toEqual([])
  }
  if (claimed?.state === 'Cooling' && next?.state === 'HalfOpen') expect(watched).toBeGreaterThanOrEqual(minutes(15))
  if (!isClosed(next) && next?.tripID !== claimed?.tripID) {
    expect(trips.has(next?.tripID ?? '')).toBe(false)
    trips.add(next?.tripID ?? '')
    expect(next?.state).toBe('Open')
  }
  const isStillCooling = next?.state === 'Cooling' && next.coolingSince === claimed?.coolingSince
  return { breaker: next, at: wall, coolingSeenMs: isStillCooling ? watched : 0, acknowledged: known }
}
