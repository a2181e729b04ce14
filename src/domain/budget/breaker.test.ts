import { array, assert, boolean, constant, constantFrom, integer, property, record } from 'fast-check'
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

test('what a node calls its image or its kernel is shown in the ledger, and obeyed by no terminal', () => {
  const excess: Excess = { input: 'CorrelatedFailures', message: '3 nodes with image \u001b[2J', figure: 3 }
  expect(nextBreaker(undefined, seen({ excesses: [excess] }))?.message).toBe('3 nodes with image \\u001b[2J')
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
    expect([nextBreaker(tried, seen({ canary }))]).toMatchObject([expected])
  })

  test('one that proved nothing makes room for the next, once it has cooled anew', () => {
    const cooling = trip('Cooling', { coolingSince: rfc3339(now) })
    expect(nextBreaker(tried, seen({ canary: 'NoVerdict' }))).toEqual(cooling)
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

  test('need not say so again: the ledger remembers it when the guard lists that trip no more', () => {
    const next = nextBreaker(trip('Open'), seen({ acknowledged, excesses: [faults(3)] }))
    expect(nextBreaker(next, seen({ acknowledged: [], excesses: [faults(3)] }))).toEqual(next)
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

test.each(['Open', 'Cooling', 'HalfOpen', 'Acknowledged'] as const)(
  'a copy of a ledger bears the %s trip of its original, and its own coming is another one',
  (state) => {
    const original = trip(state, { input: 'LedgerReplaced', ledgerUID: 'original' })
    const replaced: Excess = { input: 'LedgerReplaced', message: 'm', figure: 0, ledgerUID: 'copy' }
    const next = nextBreaker(original, seen({ excesses: [replaced] }))
    expect(next).toMatchObject({ state: 'Open', tripID: 'trip-new', ledgerUID: 'copy' })
  },
)

/** One thing that may happen between two looks. */
const happening = record({
  afterMs: integer({ min: 0, max: minutes(20) }),
  jumpMs: constantFrom(0, 0, 0, minutes(60), -minutes(60)),
  excesses: array(
    record({
      input: constantFrom<Excess['input']>('MaxUnhealthy', 'CorrelatedFailures', 'FailedRuns', 'LedgerReplaced'),
      message: constant('m'),
      figure: integer({ min: 0, max: 20 }),
    }),
    { maxLength: 2 },
  ),
  isDoubtful: boolean(),
  canary: constantFrom<Canary>('None', 'Running', 'Helped', 'Failed', 'NoVerdict', 'Lost'),
  claims: boolean(),
  acknowledges: boolean(),
  restarts: boolean(),
})

type Happening = Parameters<Parameters<typeof happening.map>[0]>[0]

interface Walk {
  readonly breaker: Breaker | undefined
  readonly at: Instant
  /** How long this process has watched it cool. */
  readonly watchedMs: number
  readonly acknowledged: readonly string[]
}

interface Look extends Walk {
  /** As the look found it. */
  readonly found: Breaker | undefined
  readonly seen: BreakerSeen
}

function lookAfter(walk: Walk, one: Happening, tripID: string): Look {
  const { breaker, at, watchedMs, acknowledged } = walk
  const found = one.claims && breaker?.state === 'HalfOpen' ? { canaryRunUID: 'canary', ...breaker } : breaker
  const saw = seen({
    ...one,
    now: later(at, one.afterMs + one.jumpMs),
    acknowledged: one.acknowledges && found !== undefined ? [...acknowledged, found.tripID] : acknowledged,
    seenCoolingMs: one.restarts ? 0 : watchedMs + one.afterMs,
    canary: found?.canaryRunUID === undefined ? 'None' : one.canary,
    tripID,
  })
  const next = nextBreaker(found, saw)
  return {
    found,
    seen: saw,
    breaker: next,
    at: saw.now,
    watchedMs: isOneCooling(found, next) ? saw.seenCoolingMs : 0,
    acknowledged: saw.acknowledged,
  }
}

const isOneCooling = (before: Breaker | undefined, after: Breaker | undefined): boolean =>
  after?.state === 'Cooling' && after.coolingSince === before?.coolingSince

function walked(happenings: readonly Happening[]): readonly Look[] {
  const looks: Look[] = []
  let walk: Walk = { breaker: undefined, at: now, watchedMs: 0, acknowledged: [] }
  for (const one of happenings) {
    const look = lookAfter(walk, one, `trip-${looks.length}`)
    looks.push(look)
    walk = look
  }
  return looks
}

const walks = array(happening, { maxLength: 60 })
const isClosed = (breaker: Breaker | undefined): boolean => breaker === undefined || breaker.state === 'Acknowledged'
const isReset = ({ found, seen: { acknowledged } }: Look): boolean =>
  found !== undefined && (found.state === 'Acknowledged' || acknowledged.includes(found.tripID))
const isProven = ({ found, seen: { canary, excesses, isDoubtful } }: Look): boolean =>
  found?.state === 'HalfOpen' && canary === 'Helped' && !isDoubtful && excesses.length === 0

test('whatever happens, only a person or a verified canary closes it', () => {
  const closesItself = (look: Look): boolean =>
    !isClosed(look.found) && isClosed(look.breaker) && !isReset(look) && !isProven(look)
  assert(
    property(walks, (happenings) => !walked(happenings).some(closesItself)),
    { numRuns: 500 },
  )
})

test('whatever happens, it is half open only after a cooling that one process has watched from end to end', () => {
  const cutShort = ({ found, breaker, seen: { seenCoolingMs } }: Look): boolean =>
    found?.state !== 'HalfOpen' &&
    breaker?.state === 'HalfOpen' &&
    (found?.state !== 'Cooling' || seenCoolingMs < minutes(15))
  assert(
    property(walks, (happenings) => !walked(happenings).some(cutShort)),
    { numRuns: 500 },
  )
})

test('whatever happens, a trip begins open, under a name that was never there, and an excess that nobody knows trips', () => {
  const tripsOf = (looks: readonly Look[]): readonly Breaker[] =>
    looks.flatMap(({ found, breaker }) => (breaker === undefined || breaker.tripID === found?.tripID ? [] : [breaker]))
  const holds = (looks: readonly Look[]): boolean => {
    const trips = tripsOf(looks)
    const isMissed = ({ found, breaker, seen: { excesses } }: Look) => found === undefined && !breaker && excesses[0]
    return (
      trips.every(({ state }) => state === 'Open') &&
      new Set(trips.map(({ tripID }) => tripID)).size === trips.length &&
      !looks.some(isMissed)
    )
  }
  assert(
    property(walks, (happenings) => holds(walked(happenings))),
    { numRuns: 500 },
  )
})
