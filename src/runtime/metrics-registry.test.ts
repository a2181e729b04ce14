import { array, assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import type { MetricDefinition } from '../api/metric-definitions.ts'
import { MetricsRegistry } from './metrics-registry.ts'

const asked = {
  name: 'prunella_asked_total',
  type: 'counter',
  help: 'How often.',
  labels: { source: 2, result: ['ok', 'refused'] },
} as const satisfies MetricDefinition

const age = {
  name: 'prunella_age_seconds',
  type: 'gauge',
  help: 'How old.',
  labels: {},
} as const satisfies MetricDefinition

test('the text is what Prometheus reads, in one order whoever came first', () => {
  const registry = new MetricsRegistry()
  const counter = registry.counter(asked)
  counter.add({ source: 'main', result: 'refused' })
  counter.add({ source: 'main', result: 'ok' }, 2)
  registry.counter(asked).add({ source: 'main', result: 'ok' })
  registry.gauge(age).set({}, 1.5)
  expect(registry.text()).toBe(`# HELP prunella_age_seconds How old.
# TYPE prunella_age_seconds gauge
prunella_age_seconds 1.5
# HELP prunella_asked_total How often.
# TYPE prunella_asked_total counter
prunella_asked_total{source="main",result="ok"} 3
prunella_asked_total{source="main",result="refused"} 1
`)
})

test('a gauge that is read shows what is, and nothing where there is nothing', () => {
  const registry = new MetricsRegistry()
  let now: number | undefined
  registry.gauge(age).read({}, () => now)
  expect(registry.text()).toBe('')
  now = 3
  expect(registry.text()).toContain('prunella_age_seconds 3\n')
})

test('what is read all at once comes and goes as a whole', () => {
  const registry = new MetricsRegistry()
  let names = ['b', 'a']
  const up = { ...age, name: 'prunella_up', labels: { source: 3 } } as const
  registry.gauge(up).readAll(() => names.map((source) => ({ labels: { source }, value: 1 })))
  const shown = () => registry.text().split('\n').slice(2, -1)
  expect(shown()).toEqual(['prunella_up{source="a"} 1', 'prunella_up{source="b"} 1'])
  names = ['b']
  expect(shown()).toEqual(['prunella_up{source="b"} 1'])
})

test('a counter never goes down', () => {
  const counter = new MetricsRegistry().counter(asked)
  expect(() => counter.add({ source: 'main', result: 'ok' }, -1)).toThrow('goes up only')
})

test('whatever values labels get, there are no more series than their bounds allow, each on one line', () => {
  assert(
    property(array(string()), (values) => {
      const registry = new MetricsRegistry()
      const counter = registry.counter(asked)
      for (const value of values) counter.add({ source: value, result: value })
      const series = registry
        .text()
        .split('\n')
        .filter((line) => line.startsWith('prunella_'))
      expect(series.length).toBeLessThanOrEqual(3 * 3)
      const total = series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
      expect(total).toBe(values.length)
    }),
  )
})
