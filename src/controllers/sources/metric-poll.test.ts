import { describe, expect, test } from 'vitest'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { NodeNames } from '../../domain/detect/sources/node-identity.ts'
import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import { preparedPolicy } from '../../domain/policy/prepared-policy.fixture.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { instant } from '../../kernel/time.ts'
import { RefusedError, TimeoutError } from '../../ports/errors.ts'
import { badQuery } from '../../ports/metrics.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import type { FeedChange } from './feed.ts'
import { MetricPoll } from './metric-poll.ts'
import { FakeMetrics, tenNodes, valuesOf } from './metrics.fixture.ts'

const hot = { name: 'hot', query: { expr: 'temperature', above: 90 } }

interface Watching {
  readonly identity?: NodeNames
  readonly onSleep?: (ms: number) => void
}

function polling(
  metrics: readonly FakeMetrics[],
  signals: readonly JsonObject[] = [hot],
  { identity = tenNodes, onSleep = () => {} }: Watching = {},
) {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    onSleep(ms)
    await clock.sleep(ms, signal)
  }
  const diagnosis = { name: 'sick', class: 'Fault', when: 'hot', treatments: ['replace'] }
  const treatments = [{ name: 'replace', replace: { provider: 'Karpenter' } }]
  const policies = [preparedPolicy({ signals, diagnoses: [diagnosis], treatments })]
  const poll = new MetricPoll(
    {
      clock: { now: clock.now, mono: clock.mono, sleep },
      log,
      metrics,
      prng: new Prng(1),
      prepared: { list: () => policies },
      identity,
    },
    { everyMs: 15_000 },
  )
  const changes: FeedChange[] = []
  poll.onChange((change) => changes.push(change))
  void poll.run(new AbortController().signal)
  const asked: readonly Signal[] = policies.flatMap(({ spec }) => spec.signals)
  const heard = (nodeName: string, index = 0) =>
    poll.seen(nodeName).queries[queryKey(asked[index]?.query ?? { expr: '', absentMeans: 'Unknown' })]
  const warnings = () => log.lines.filter(({ level }) => level === 'warn')
  return { clock, poll, changes, asked, heard, warnings }
}

/** A round, with whatever jitter it has. */
const round = 16_000

describe('a question', () => {
  test('is asked once for all nodes and all signals, and each node sees its own series', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 95, 'node-2': 20 }))
    const { clock, heard } = polling([server], [hot, { name: 'warm', query: { expr: 'temperature > 50' } }])
    await clock.advance(0)
    expect(server.asked).toEqual(['temperature'])
    expect(heard('node-1')).toMatchObject([{ server: 'prometheus', answer: { samples: [{ value: 95 }] } }])
    expect(heard('node-2', 1)).toMatchObject([{ answer: { samples: [{ value: 20 }] } }])
    expect(heard('node-3')).toMatchObject([{ answer: { samples: [] } }])
  })

  test('over a range keeps counts, and no samples', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': [95, 70, 10] }))
    const range = { windowSeconds: 60, stepSeconds: 15 }
    const { clock, heard } = polling([server], [{ name: 'hot', query: { expr: 'temperature > 90', range } }])
    await clock.advance(0)
    expect(server.asked).toEqual(['temperature 60/15'])
    const sample = { value: 10, range: { samples: 3, expected: 4, inTrouble: 1, staying: 2 } }
    expect(heard('node-1')?.[0]?.answer?.samples).toEqual([sample])
  })

  test('that names a server is put to no other', async () => {
    const [one, two] = [new FakeMetrics('one'), new FakeMetrics('two')]
    const { clock, heard } = polling(
      [one, two],
      [{ name: 'hot', query: { expr: 'temperature', above: 1, source: 'two' } }],
    )
    await clock.advance(0)
    expect([one.asked, two.asked]).toEqual([[], ['temperature']])
    expect(heard('node-1')?.map(({ server }) => server)).toEqual(['two'])
  })

  test('before its first answer is unknown', () => {
    const { heard } = polling([new FakeMetrics()])
    expect(heard('node-1')).toEqual([{ server: 'prometheus', problem: 'it has not been asked yet' }])
  })

  test('of a policy with an issue is not asked', async () => {
    const server = new FakeMetrics()
    const { clock } = polling([server], [{ name: 'hot', query: { expr: 'temperature +' } }])
    await clock.advance(round)
    expect(server.asked).toEqual([])
  })
})

describe('who is woken', () => {
  test('everybody by the first answer, then those whose word has changed', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 20, 'node-2': 20, 'node-3': 20 }))
    const { clock, changes } = polling([server])
    await clock.advance(0)
    expect(changes.at(-1)?.everything).toBe(true)
    server.answers.set('temperature', valuesOf({ 'node-1': 30, 'node-2': 80, 'node-3': 20 }))
    await clock.advance(round)
    server.answers.set('temperature', valuesOf({ 'node-1': 40, 'node-2': 81, 'node-4': 20 }))
    await clock.advance(round)
    expect(changes.slice(1)).toEqual([
      { everything: false, nodeNames: ['node-2'] },
      { everything: false, nodeNames: ['node-3', 'node-4'] },
    ])
  })

  test('whose samples are counted is woken by each until they have settled', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 20, 'node-2': 20 }))
    const { clock, changes } = polling([server], [{ ...hot, samples: { atLeast: 2, of: 3 } }])
    await clock.advance(2 * round + 2_000)
    expect(changes.map(({ everything }) => everything)).toEqual([true, true, true])
    await clock.advance(2 * round)
    expect(changes.slice(3)).toEqual([])
    server.answers.set('temperature', valuesOf({ 'node-1': 99, 'node-2': 20 }))
    await clock.advance(6 * round)
    expect(changes.slice(3)).toEqual(Array.from({ length: 3 }, () => ({ everything: false, nodeNames: ['node-1'] })))
  })

  test('everybody, when a server that was silent for too long is back', async () => {
    const server = new FakeMetrics()
    const { clock, changes } = polling([server])
    await clock.advance(0)
    server.ageSeconds = new TimeoutError('no answer within 10 s')
    await clock.advance(130_000)
    expect(changes).toHaveLength(1)
    server.ageSeconds = 0
    await clock.advance(70_000)
    expect(changes.slice(1)).toEqual([{ everything: true, nodeNames: [] }])
  })

  test('everybody also by what a fresh look has learned', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 20 }))
    const { clock, changes, poll, asked } = polling([server])
    await clock.advance(0)
    server.answers.set('temperature', valuesOf({ 'node-1': 99 }))
    await poll.fresh('node-2', asked)
    await clock.advance(round)
    expect(changes.slice(1)).toEqual([{ everything: false, nodeNames: ['node-1'] }])
  })
})

describe('a server', () => {
  test('that fails once keeps its last answer, and says why there is no newer one', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 20 }))
    const { clock, heard, warnings } = polling([server])
    await clock.advance(0)
    server.ageSeconds = new TimeoutError('no answer within 10 s')
    await clock.advance(round)
    expect(heard('node-1')).toMatchObject([{ problem: 'no answer within 10 s', answer: { samples: [{ value: 20 }] } }])
    expect(warnings()).toHaveLength(1)
  })

  test('that is silent is asked less often', async () => {
    const server = new FakeMetrics()
    server.ageSeconds = new TimeoutError('no answer')
    const { clock } = polling([server])
    await clock.advance(600_000)
    expect(server.ageAsked).toBeGreaterThan(9)
    expect(server.ageAsked).toBeLessThan(25)
  })

  test('whose newest sample is old says nothing newer', async () => {
    const server = new FakeMetrics()
    server.ageSeconds = 100
    const { clock, heard } = polling([server])
    await clock.advance(0)
    expect(heard('node-1')?.[0]?.answer?.atMono).toBe(1_000 - 100_000)
  })

  test('that scrapes nothing is no evidence at all', async () => {
    const server = new FakeMetrics()
    server.ageSeconds = undefined
    const { clock, heard } = polling([server])
    await clock.advance(0)
    expect(heard('node-1')).toEqual([
      { server: 'prometheus', problem: 'it has no current sample of `up`: it scrapes nothing' },
    ])
  })

  test('that answers in part says so', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 20 }, ['shard 2 is away', 'limit']))
    const { clock, heard } = polling([server])
    await clock.advance(0)
    expect(heard('node-1')?.[0]?.answer?.partial).toBe('it answers in part: limit')
  })

  test('that refuses one query answers the others', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', new RefusedError('many-to-many', { status: 422, reason: badQuery }))
    const { clock, heard, poll, warnings } = polling([server], [hot, { name: 'up', query: { expr: 'up', below: 1 } }])
    await clock.advance(2 * round)
    expect(heard('node-1')).toEqual([{ server: 'prometheus', problem: 'many-to-many' }])
    expect(heard('node-1', 1)?.[0]?.problem).toBeUndefined()
    const queries = [{ query: { expr: 'temperature' }, problem: 'many-to-many' }]
    expect(poll.health()).toMatchObject([{ name: 'prometheus', problem: undefined, queries }])
    expect(warnings()).toMatchObject([{ text: 'Prometheus refuses a query', fields: { expr: 'temperature' } }])
  })
})

describe('a fresh look', () => {
  test('asks what it rests on and nothing else, and an old answer does not stand in for a lost one', async () => {
    const server = new FakeMetrics()
    const { clock, poll, asked } = polling([server], [hot, { name: 'up', query: { expr: 'up', below: 1 } }])
    await clock.advance(1_000)
    server.asked.length = 0
    const key = queryKey(asked[0]?.query ?? { expr: '', absentMeans: 'Unknown' })
    expect((await poll.fresh('node-1', asked.slice(0, 1))).queries[key]).toMatchObject([{ answer: { samples: [] } }])
    expect(server.asked).toEqual(['temperature'])
    await clock.advance(1_000)
    server.ageSeconds = new TimeoutError('no answer')
    expect((await poll.fresh('node-1', asked.slice(0, 1))).queries[key]).toEqual([
      { server: 'prometheus', problem: 'no answer' },
    ])
  })

  test('is shared by all who come while another is under way', async () => {
    const server = new FakeMetrics()
    const { clock, poll, asked } = polling([server])
    await clock.advance(0)
    server.asked.length = 0
    await Promise.all(['node-1', 'node-2', 'node-3'].map(async (name) => await poll.fresh(name, asked)))
    expect(server.asked.length).toBeLessThan(3)
  })
})

describe('a large answer', () => {
  const many = (value: number) => ({
    series: Array.from({ length: 2_500 }, (_, device) => ({
      labels: { node: `node-${(device % 9) + 1}`, device: `${device}` },
      samples: [{ at: instant(0), value }],
    })),
    warnings: [],
  })

  test('is sorted in turns, and until then the one before is shown', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', valuesOf({ 'node-1': 20 }))
    const shown = new Set<number | undefined>()
    let turns = 0
    const onSleep = (ms: number): void => {
      if (ms > 0) return
      turns += 1
      shown.add(heard('node-1')?.[0]?.answer?.samples[0]?.value)
    }
    const { clock, heard } = polling([server], [hot], { onSleep })
    await clock.advance(0)
    server.answers.set('temperature', many(99))
    await clock.advance(round)
    expect([turns, ...shown]).toEqual([2, 20])
    expect(heard('node-1')?.[0]?.answer?.samples[0]?.value).toBe(99)
  })

  test('is sorted once, however many nodes are looked at and whoever comes meanwhile', async () => {
    const server = new FakeMetrics()
    server.answers.set('temperature', many(20))
    let named = 0
    const has = (name: string): boolean => {
      named += 1
      return tenNodes.has(name)
    }
    const { clock, heard } = polling([server], [hot], { identity: { ...tenNodes, has } })
    await clock.advance(0)
    for (let index = 1; index < 10; index += 1)
      expect(heard(`node-${index}`)?.[0]?.answer?.samples.length).toBeGreaterThan(276)
    expect(named).toBe(2_500)
  })
})

describe('series', () => {
  test('without a node, of unknown nodes and of namesakes are told once, and dropped', async () => {
    const server = new FakeMetrics()
    const series = [
      { labels: { job: 'x' }, samples: [] },
      { labels: { instance: 'node-1:9100' }, samples: [] },
      { labels: { node: 'elsewhere' }, samples: [] },
      ...['east', 'west'].map((cluster) => ({ labels: { node: 'node-2', cluster }, samples: [] })),
    ]
    server.answers.set('temperature', { series, warnings: [] })
    const { clock, heard, warnings } = polling([server])
    await clock.advance(3 * round)
    expect(warnings()).toMatchObject([
      {
        text: 'Dropped series without a node',
        fields: {
          series: 'without a label that names a node, of unknown nodes, of what several nodes are called',
          unnamed: 1,
          unknown: 1,
          examples: ['node-2'],
        },
      },
    ])
    expect(heard('node-2')?.[0]?.answer?.samples).toEqual([{}])
    expect(heard('node-1')?.[0]?.answer?.samples).toHaveLength(1)
  })
})
