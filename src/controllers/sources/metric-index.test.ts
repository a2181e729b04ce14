import { array, assert, constantFrom, integer, property, record, shuffledSubarray } from 'fast-check'
import { expect, test } from 'vitest'
import { signalSchema } from '../../api/v1alpha1/signal.ts'
import { claimOf } from '../../domain/detect/claim.ts'
import { look } from '../../domain/detect/sources/look.fixture.ts'
import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import { instant, mono } from '../../kernel/time.ts'
import type { Series } from '../../ports/metrics.ts'
import { indexOf } from './metric-index.ts'
import { tenNodes } from './metrics.fixture.ts'

const query = { expr: 'temperature', above: 90, absentMeans: 'Unknown' } as const

const seriesOf = (labels: Readonly<Record<string, string>>, ...values: readonly number[]): Series => ({
  labels,
  samples: values.map((value) => ({ at: instant(0), value })),
})

test.each([
  [{ node: 'node-1', instance: '10.0.0.9:8080' }, 'node-1'],
  [{ node: '', nodename: 'node-2' }, 'node-2'],
  [{ instance: 'node-3:9100' }, 'node-3'],
  [{ provider_id: 'aws:///1', instance: '10.0.0.9:9100' }, 'node-1'],
  [{ node: 'big' }, 'big.example'],
  [{ job: 'node' }, undefined],
])('%j is about %s', (labels, name) => {
  const { byNode, unnamed } = indexOf(query, [seriesOf(labels, 1)], { nodes: tenNodes })
  expect([...byNode.keys()]).toEqual(name === undefined ? [] : [name])
  expect(unnamed).toBe(name === undefined ? 1 : 0)
})

test('the label of the query goes before those of the configuration', () => {
  const series = [seriesOf({ node: 'node-2', host: 'node-1' }, 1)]
  expect([...indexOf({ ...query, nodeLabel: 'host' }, series, { nodes: tenNodes }).byNode.keys()]).toEqual(['node-1'])
  expect([...indexOf(query, series, { nodes: tenNodes, nodeLabels: ['host'] }).byNode.keys()]).toEqual(['node-1'])
})

test('labels that contradict each other leave both nodes in doubt', () => {
  const series = [seriesOf({ node: 'node-2', host: 'node-1' }, 99), seriesOf({ node: 'node-1' }, 99)]
  const { byNode, namesakes } = indexOf(query, series, { nodes: tenNodes, nodeLabels: ['host', 'node'] })
  expect([...namesakes]).toEqual(['node-1', 'node-2'])
  expect([byNode.get('node-1'), byNode.get('node-2')]).toEqual([[{}], [{}]])
})

test('of nodes of one name in two clusters nobody knows which is ours', () => {
  const series = ['east', 'west'].map((cluster) => seriesOf({ node: 'node-1', cluster }, 99))
  const { byNode, namesakes } = indexOf(query, series, { nodes: tenNodes })
  expect([...namesakes]).toEqual(['node-1'])
  expect(byNode.get('node-1')).toEqual([{}])
})

const series = array(
  record({
    node: constantFrom('node-1', 'node-2'),
    cluster: constantFrom('', 'east'),
    values: array(integer({ min: 80, max: 100 }), { maxLength: 1 }),
  }).map(({ values, ...labels }) => seriesOf(labels, ...values)),
  { maxLength: 6 },
)

test('the order of series is irrelevant', () => {
  const signal = signalSchema.parse({ name: 'hot', query })
  const stateOf = (all: readonly Series[]): string => {
    const samples = indexOf(query, all, { nodes: tenNodes }).byNode.get('node-1') ?? []
    const seen = look()
    const answer = { at: seen.now, atMono: mono(seen.mono), samples }
    const queries = { [queryKey(signal.query ?? query)]: [{ server: 'prometheus', answer }] }
    return claimOf(signal, look({}, { queries })).state
  }
  const both = series.chain((said) =>
    shuffledSubarray(said, { minLength: said.length }).map((shuffled) => ({ said, shuffled })),
  )
  assert(
    property(both, ({ said, shuffled }) => stateOf(shuffled) === stateOf(said)),
    { numRuns: 500 },
  )
})
