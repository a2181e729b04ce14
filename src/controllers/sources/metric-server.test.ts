import { expect, test } from 'vitest'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { ageQuery, MetricServer } from './metric-server.ts'
import { FakeMetrics, valuesOf } from './metrics.fixture.ts'

test('a round over many slow questions ends with those under way once it is told to stop', async () => {
  const [clock, fake, stop] = [new FakeClock(), new FakeMetrics(), new AbortController()]
  const asked: string[] = []
  const query = async (expr: string) => {
    if (expr === ageQuery) return await fake.query(expr)
    asked.push(expr)
    await clock.sleep(5_000)
    return valuesOf({})
  }
  const { name, queryRange, alertRules } = fake
  const metrics = { name, query, queryRange, alertRules }
  const server = new MetricServer({ clock, log: new FakeLog(), metrics, prepare: async () => {} })
  let isOver = false
  const questions = Array.from({ length: 40 }, (_, index) => ({ expr: `q${index}`, key: `q${index}` }))
  void server.round(questions, stop.signal).then(() => (isOver = true))
  await clock.advance(6_000)
  stop.abort()
  await clock.advance(5_000)
  expect([isOver, asked.length]).toEqual([true, 8])
})
