import {
  array,
  assert,
  boolean,
  constantFrom,
  double,
  integer,
  option,
  property,
  record,
  shuffledSubarray,
} from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Signal, type SignalOf, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { claimOf, clearedOf } from '../claim.ts'
import { after, monoAfter, noon } from '../evidence.fixture.ts'
import type { QueryHeard, Sample } from '../sources-seen.ts'
import { look } from './look.fixture.ts'
import { querySource } from './query.ts'
import { queryKey, sampleOf } from './query-sample.ts'
import type { Look } from './source.ts'
import { askedExpr, thresholdOf } from './threshold.ts'

type Settings = Partial<NonNullable<Signal['query']>>

const signalWith = (settings: Settings, more: Partial<Signal> = {}): SignalOf<'query'> => {
  const signal = signalSchema.parse({ name: 'hot', query: { expr: 'temperature', ...settings }, ...more })
  if (signal.query === undefined) throw new Error('no query')
  return { ...signal, query: signal.query }
}

/** One server answered so many seconds after noon. */
const heard = (samples: readonly Sample[], seconds = 0, more: Partial<QueryHeard> = {}): QueryHeard => ({
  server: 'prometheus',
  answer: { at: after(seconds), atMono: monoAfter(seconds), samples },
  ...more,
})

const heardInPart = (samples: readonly Sample[], server: string): QueryHeard => ({
  server,
  answer: { at: noon, atMono: monoAfter(0), samples, partial: 'shard 2 is away' },
})

const values = (...numbers: readonly number[]): readonly Sample[] => numbers.map((value) => ({ value }))

const claimed = (signal: SignalOf<'query'>, said: readonly QueryHeard[], unusual: Partial<Look> = {}) =>
  claimOf(signal, look(unusual, { queries: { [queryKey(signal.query)]: said } }))

const stateFor = (settings: Settings, samples: readonly Sample[], stood = false) =>
  claimed(signalWith(settings), [heard(samples)], { stood }).state

describe('a threshold', () => {
  test.each([
    [{ above: 90 }, 91, false, 'True'],
    [{ above: 90 }, 90, false, 'False'],
    [{ above: 90 }, 64, true, 'True'],
    [{ above: 90 }, 63, true, 'False'],
    [{ above: 90, leavesAt: 80 }, 79, true, 'False'],
    [{ below: 0.1 }, 0.09, false, 'True'],
    [{ below: 0.1 }, 0.1, false, 'False'],
    [{ below: 0.1 }, 0.14, true, 'True'],
    [{ below: 0.1 }, 0.15, true, 'False'],
    [{ expr: 'temperature > 90' }, 91, false, 'True'],
    [{ expr: 'temperature >= 90' }, 90, false, 'True'],
    [{ expr: 'temperature > 90' }, 40, false, 'False'],
    [{ expr: 'temperature > -70' }, -99, true, 'True'],
    [{ expr: 'temperature > -70' }, -101, true, 'False'],
  ] satisfies readonly (readonly [Settings, number, boolean, string])[])(
    '%j at %d, stood %j: %s',
    (...[settings, value, stood, state]) => {
      expect(stateFor(settings, values(value), stood)).toBe(state)
    },
  )

  test('says where it is entered and left, and what was measured', () => {
    expect(claimed(signalWith({ above: 90 }), [heard(values(95, 97))])).toMatchObject({
      state: 'True',
      message: 'the query is above 90 (left at 63)',
      value: 97,
      sampledAt: monoAfter(0),
    })
    expect(claimed(signalWith({ below: 0.1 }), [heard(values(0.5, 0.2))])).toMatchObject({ value: 0.2 })
  })

  test('within the expression is taken out, so that those who are well can be seen', () => {
    expect(askedExpr(signalWith({ expr: 'a / b < 0.1' }).query)).toBe('a / b')
    expect(askedExpr(signalWith({ expr: 'a / b < 0.1', above: 0 }).query)).toBe('a / b < 0.1')
    expect(thresholdOf(signalWith({ expr: 'a == 1' }).query)).toBeUndefined()
  })
})

describe('without a threshold', () => {
  test('a series is trouble', () => expect(stateFor({}, values(0))).toBe('True'))
  test('none is no health', () => expect(stateFor({}, [])).toBe('Unknown'))
  test('unless the policy says so', () => expect(stateFor({ absentMeans: 'False' }, [])).toBe('False'))
})

describe('several series of one node', () => {
  test('are in trouble where one is', () => expect(stateFor({ above: 90 }, values(1, 99))).toBe('True'))
  test('and well where all are', () => expect(stateFor({ above: 90 }, values(1, 2))).toBe('False'))
  test.each(['Unknown', 'False'] as const)('one without a number is no health, absent means %s', (absentMeans) => {
    expect(stateFor({ above: 90, absentMeans }, [...values(1), {}])).toBe('Unknown')
    expect(stateFor({ above: 90, absentMeans }, [{}])).toBe('Unknown')
  })
})

describe('a range', () => {
  const range = { windowSeconds: 100, stepSeconds: 10, sharePercent: 50 }
  const over = (settings: Settings, numbers: readonly number[], stood = false) => {
    const whole = { range, ...settings }
    return stateFor(whole, [sampleOf(signalWith(whole).query, numbers)], stood)
  }
  const fill = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value)

  test.each([
    [[...fill(5, 1), ...fill(5, 99)], 'True'],
    [[...fill(6, 1), ...fill(4, 99)], 'False'],
    [fill(4, 99), 'Unknown'],
    [fill(5, 99), 'True'],
    [[], 'Unknown'],
  ])('of %j with a threshold is %s', (numbers, state) => {
    expect(over({ above: 90 }, numbers)).toBe(state)
  })

  test('is left later than it is entered', () => {
    expect(over({ above: 90 }, fill(10, 80))).toBe('False')
    expect(over({ above: 90 }, fill(10, 80), true)).toBe('True')
  })

  test('counts samples where there is no threshold', () => {
    expect(over({}, fill(5, 0))).toBe('True')
    expect(over({}, fill(4, 0))).toBe('Unknown')
    expect(over({ absentMeans: 'False' }, fill(4, 0))).toBe('False')
  })
})

describe('servers', () => {
  const signal = signalWith({ above: 90, absentMeans: 'False' })
  const well = heard(values(1))
  const sick = heard(values(99))

  test('that nobody has asked, or that are not there, know nothing', () => {
    expect(claimOf(signal, look())).toMatchObject({ state: 'Unknown', reason: 'SourceUnavailable' })
    expect(claimed(signal, [])).toMatchObject({ message: 'the query: no Prometheus is configured' })
    expect(claimed(signalWith({ source: 'gpu' }), []).message).toBe('the query: no Prometheus named gpu is configured')
  })

  test.each([
    ['is silent', { server: 'two', problem: 'connection refused' }, 'SourceUnavailable'],
    ['answers in part', heardInPart(values(1), 'two'), 'SourceUnavailable'],
    ['answers from long ago', heard(values(1), -121, { server: 'two' }), 'SignalStale'],
  ] satisfies readonly (readonly [string, QueryHeard, string])[])(
    'where one %s there is no health',
    (_, two, reason) => {
      expect(claimed(signal, [well, two])).toMatchObject({ state: 'Unknown', reason })
      expect(claimed(signal, [sick, two]).state).toBe('True')
    },
  )

  test('in part show trouble all the same', () => {
    const partial = heardInPart(values(99), 'prometheus')
    expect(claimed(signal, [partial]).state).toBe('True')
  })

  test('that cover different nodes are one', () => {
    expect(claimed(signalWith({ above: 90 }), [well, heard([], 0, { server: 'two' })]).state).toBe('False')
  })

  test('the claim changes by itself when the oldest answer is too old', () => {
    const queries = { [queryKey(signal.query)]: [well, heard(values(1), -20, { server: 'two' })] }
    expect(querySource.changesInMs(signal, look({}, { queries }))).toBe(100_001)
    expect(querySource.changesInMs(signal, look())).toBeUndefined()
  })
})

describe('clearing', () => {
  const clearedAt = (settings: Settings, seconds: number, value = 1) => {
    const signal = signalWith({ above: 90, ...settings })
    const said = { [queryKey(signal.query)]: [heard(values(value), seconds)] }
    const seen = { ...look({ mono: monoAfter(seconds), stood: true }, { queries: said }), treatedAt: noon }
    return clearedOf(signal, { ...seen, bootChanged: true, pods: [] })
  }

  test('takes an answer from after the treatment', () => {
    expect(clearedAt({}, 0).cleared).toBe(false)
    expect(clearedAt({}, 0).message).toContain('no evidence from after the treatment')
    expect(clearedAt({}, 1).cleared).toBe(true)
  })

  test('takes a value at which trouble is left', () => {
    expect(clearedAt({}, 1, 64).cleared).toBe(false)
    expect(clearedAt({}, 1, 63).cleared).toBe(true)
  })

  test('waits for a whole window of a rate', () => {
    expect(clearedAt({ expr: 'rate(errors[5m])' }, 300).message).toContain('less than the 300s after the treatment')
    expect(clearedAt({ expr: 'rate(errors[5m])' }, 301).cleared).toBe(true)
  })

  test('is never shown by an expression that cannot be read, for nobody knows its window', () => {
    const { cleared, message } = clearedAt({ expr: 'rate(errors[5m]) keep_metric_names' }, 3_600)
    expect(cleared).toBe(false)
    expect(message).toContain('nobody knows how far it looks back')
  })
})

describe('whatever servers say', () => {
  const number = option(double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined })
  const sample = number.map((value): Sample => (value === undefined ? {} : { value }))
  const server = record({
    server: constantFrom('one', 'two', 'three'),
    answer: option(
      record({
        at: integer({ min: -300, max: 0 }).map(after),
        atMono: integer({ min: -300, max: 0 }).map(monoAfter),
        samples: array(sample, { maxLength: 3 }),
        partial: option(constantFrom('in part'), { nil: undefined }),
      }),
      { nil: undefined },
    ),
    problem: option(constantFrom('refused'), { nil: undefined }),
  })
  const servers = array(server, { maxLength: 4 })
  const settings = constantFrom<Settings>({ above: 0 }, { below: 0 }, {}, { absentMeans: 'False' }, { expr: 'a > 1' })
  const runs = { numRuns: 500 }

  test('their order is irrelevant', () => {
    const both = servers.chain((said) =>
      record({ said: constantFrom(said), shuffled: shuffledSubarray(said, { minLength: said.length }) }),
    )
    assert(
      property(settings, both, (chosen, { said, shuffled }) => {
        const [left, right] = [claimed(signalWith(chosen), said), claimed(signalWith(chosen), shuffled)]
        expect({ ...right, message: '' }).toEqual({ ...left, message: '', reason: right.reason })
      }),
      runs,
    )
  })

  test('a server that falls silent neither heals nor sickens', () => {
    const silent: QueryHeard = { server: 'silent', problem: 'connection refused' }
    assert(
      property(settings, servers, boolean(), (chosen, said, stood) => {
        const before = claimed(signalWith(chosen), said, { stood }).state
        const now = claimed(signalWith(chosen), [...said, silent], { stood }).state
        expect(now).toBe(before === 'True' ? 'True' : 'Unknown')
      }),
      runs,
    )
  })

  test('a stale answer raises no verdict', () => {
    assert(
      property(settings, servers, array(sample), (chosen, said, samples) => {
        const stale = heard(samples, -121, { server: 'stale' })
        const [before, now] = [said, [...said, stale]].map((all) => claimed(signalWith(chosen), all).state)
        expect(now).toBe(before === 'True' ? 'True' : 'Unknown')
      }),
      runs,
    )
  })

  test('only what is fresh and whole is healthy', () => {
    assert(
      property(settings, servers, (chosen, said) => {
        if (claimed(signalWith(chosen), said).state !== 'False') return
        expect(said.every(({ answer }) => answer !== undefined && answer.partial === undefined)).toBe(true)
      }),
      runs,
    )
  })
})
