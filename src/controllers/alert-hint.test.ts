import { expect, test } from 'vitest'
import type { Alert } from '../api/alert.ts'
import { instant } from '../kernel/time.ts'
import type { Alerts } from '../ports/alerts.ts'
import { RefusedError, TimeoutError } from '../ports/errors.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import { AlertPoll } from './alert-poll.ts'

const hot: Alert = {
  labels: { alertname: 'Hot', node: 'node-1' },
  startsAt: instant(0),
  updatedAt: instant(0),
  state: 'active',
  fingerprint: 'f',
}

/** Polls one Alertmanager that answers after `slowMs`. */
function polling({ sources = 1, slowMs = 0, lead = { is: true } } = {}) {
  const [clock, log, meter] = [new FakeClock(), new FakeLog(), new MetricsRegistry()]
  const began = clock.mono()
  const asked: number[] = []
  const answer = { is: [] as readonly Alert[] | Error }
  const alerts: Alerts = {
    name: 'main',
    list: async () => {
      asked.push(clock.mono() - began)
      const now = answer.is
      if (slowMs > 0) await clock.sleep(slowMs)
      if (now instanceof Error) throw now
      return { alerts: now, up: { ms: 3_600_000 } }
    },
  }
  const leads = (): boolean => lead.is
  const poll = new AlertPoll({ clock, log, meter, leads, alerts: sources === 0 ? [] : [alerts] }, { everyMs: 15_000 })
  const abort = new AbortController()
  return { clock, poll, asked, answer, meter, abort, run: async () => await poll.run(abort.signal) }
}

test('a hint makes it ask at once, and what a hint says is not looked at', async () => {
  const { clock, poll, asked, answer, run } = polling()
  void run()
  await clock.advance(5_000)
  expect(poll.hint()).toBe('Taken')
  await clock.advance(1)
  expect(asked).toEqual([0, 5_000])
  expect(poll.seen()).toMatchObject({ kind: 'Known', alerts: [] })
  answer.is = [hot]
  poll.hint()
  await clock.advance(1_000)
  expect(poll.seen()).toMatchObject({ kind: 'Known', alerts: [{ fingerprint: 'f', source: 'main' }] })
})

test('a flood of hints asks once a second, and afterwards as ever', async () => {
  const { clock, poll, asked, run } = polling()
  void run()
  for (let passed = 0; passed < 10_000; passed += 10) {
    poll.hint()
    await clock.advance(10)
  }
  expect(asked.length).toBeLessThanOrEqual(11)
  expect(asked.length).toBeGreaterThanOrEqual(9)
  await clock.advance(60_000)
  expect(asked.length).toBeLessThanOrEqual(11 + 5)
})

test('a hint while an answer is under way is asked for again: the question may be older than the news', async () => {
  const { clock, poll, asked, answer, run } = polling({ slowMs: 300 })
  void run()
  await clock.advance(100)
  answer.is = [hot]
  poll.hint()
  await clock.advance(1_500)
  expect(asked).toEqual([0, 1_000])
  expect(poll.seen()).toMatchObject({ alerts: [{ fingerprint: 'f' }] })
})

test('a hint while a run asks is asked for again as well', async () => {
  const { clock, poll, asked, answer, run } = polling({ slowMs: 300 })
  void run()
  await clock.advance(5_000)
  const fresh = poll.fresh('node-1')
  await clock.advance(100)
  answer.is = [hot]
  poll.hint()
  await clock.advance(1_500)
  expect((await fresh).alerts).toEqual([])
  expect(asked).toEqual([0, 5_000, 5_300])
  expect(poll.seen()).toMatchObject({ alerts: [{ fingerprint: 'f' }] })
})

test('nobody takes a hint before polling begins, after it has ended, or where there is nobody to ask', async () => {
  const { clock, poll, abort, run } = polling()
  expect(poll.hint()).toBe('NotPolled')
  const running = run()
  await clock.advance(1)
  expect(poll.hint()).toBe('Taken')
  abort.abort()
  await clock.advance(1_000)
  await running
  expect(poll.hint()).toBe('NotPolled')
  const alone = polling({ sources: 0 })
  void alone.run()
  await alone.clock.advance(1)
  expect(alone.poll.hint()).toBe('NotPolled')
})

test('a replica that does not lead looks as well, and leaves the hint to whoever does', async () => {
  const lead = { is: false }
  const { clock, poll, asked, run } = polling({ lead })
  void run()
  await clock.advance(5_000)
  expect(poll.hint()).toBe('NotLeading')
  await clock.advance(1)
  expect(asked).toEqual([0, 5_000])
  lead.is = true
  expect(poll.hint()).toBe('Taken')
})

test('how a source answers is counted, by how it fails, with the age of the last answer', async () => {
  const { clock, answer, meter, run } = polling()
  void run()
  await clock.advance(1)
  answer.is = new TimeoutError('late')
  await clock.advance(15_000)
  answer.is = new RefusedError('a log-in page', { status: 200, reason: 'NotAlerts' })
  await clock.advance(14_999)
  const shown = meter.text()
  expect(shown).toContain('prunella_signal_age_seconds{kind="alert",source="main"} 30\n')
  for (const result of ['ok', 'timeout', 'refused'])
    expect(shown).toContain(`prunella_source_polls_total{kind="alert",source="main",result="${result}"} 1\n`)
})
