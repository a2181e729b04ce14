import { expect, test } from 'vitest'
import type { Alert } from '../api/alert.ts'
import { instant } from '../kernel/time.ts'
import type { AlertList, Alerts } from '../ports/alerts.ts'
import { TimeoutError } from '../ports/errors.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../runtime/fake-log.fixture.ts'
import { type AlertChange, AlertPoll } from './alert-poll.ts'

const alert = (node: string): Alert => ({
  labels: { alertname: 'Hot', node },
  startsAt: instant(0),
  updatedAt: instant(0),
  state: 'active',
  fingerprint: node,
})

interface FakeSource {
  readonly alerts: Alerts
  answer: readonly Alert[] | Error
  up: AlertList['up']
  asked: number
}

/** Answers with whatever `answer` holds, an error is thrown; and has run for an hour. */
function source(name: string): FakeSource {
  const own: FakeSource = {
    answer: [],
    up: { ms: 3_600_000 },
    asked: 0,
    alerts: {
      name,
      list: async () => {
        own.asked += 1
        if (own.answer instanceof Error) throw own.answer
        return { alerts: own.answer, up: own.up }
      },
    },
  }
  return own
}

function polling(...sources: readonly { readonly alerts: Alerts }[]) {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const poll = new AlertPoll({ clock, log, alerts: sources.map(({ alerts }) => alerts) }, { everyMs: 10_000 })
  const changes: AlertChange[] = []
  poll.onChange((change) => changes.push(change))
  const abort = new AbortController()
  void poll.run(abort.signal)
  return { clock, log, poll, changes, abort }
}

test('before the first poll nothing is known', () => {
  const poll = new AlertPoll(
    { clock: new FakeClock(), log: new FakeLog(), alerts: [source('am').alerts] },
    { everyMs: 10_000 },
  )
  expect(poll.seen()).toMatchObject({ kind: 'Unavailable', message: 'am: it has not been asked yet' })
})

test('without an Alertmanager alerts are unknown, not absent', async () => {
  const { clock, poll } = polling()
  await clock.advance(0)
  expect(poll.seen()).toMatchObject({ kind: 'Unavailable', message: 'no Alertmanager is configured' })
})

test('who is concerned by a change is told, and nobody else', async () => {
  const am = source('am')
  am.answer = [alert('node-1')]
  const { clock, poll, changes } = polling(am)
  await clock.advance(0)
  am.answer = [alert('node-1'), alert('node-2')]
  await clock.advance(10_000)
  await clock.advance(10_000)
  am.answer = [alert('node-2')]
  await clock.advance(10_000)
  expect(poll.seen()).toMatchObject({ kind: 'Known', alerts: [{ fingerprint: 'node-2' }] })
  expect(changes.slice(1)).toEqual([
    { everything: false, nodeNames: ['node-2'] },
    { everything: false, nodeNames: ['node-1'] },
  ])
})

test('one lost poll is no outage; when the last good one is too old, everybody is told', async () => {
  const am = source('am')
  const { clock, poll, changes, log } = polling(am)
  await clock.advance(0)
  am.answer = new TimeoutError('no answer within 5 s')
  await clock.advance(110_000)
  expect(poll.seen().kind).toBe('Known')
  await clock.advance(20_000)
  expect(poll.seen()).toMatchObject({ kind: 'Unavailable', message: 'am: no answer within 5 s' })
  expect(changes.at(-1)).toEqual({ everything: true, nodeNames: [] })
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('what one source lists fires, and what none lists is unknown, while another source is silent', async () => {
  const [one, two] = [source('one'), source('two')]
  one.answer = [alert('node-1')]
  two.answer = new TimeoutError('no answer')
  const { clock, poll } = polling(one, two)
  await clock.advance(0)
  expect(poll.seen()).toMatchObject({
    kind: 'Unavailable',
    message: 'two: no answer',
    alerts: [{ fingerprint: 'node-1' }],
  })
})

test('what one that has just started does not list is not known, until it has been told of all that fires', async () => {
  const am = source('am')
  am.answer = [alert('node-1')]
  const { clock, poll, changes } = polling(am)
  await clock.advance(0)
  expect(poll.seen().kind).toBe('Known')
  am.answer = []
  am.up = { ms: 1_000 }
  await clock.advance(10_000)
  const message = 'am: it has run for less than 240s, and may not list all that fires'
  expect(poll.seen()).toMatchObject({ kind: 'Unavailable', message, alerts: [] })
  expect((await poll.fresh('node-1')).kind).toBe('Unavailable')
  expect(poll.health()).toMatchObject([{ problem: expect.stringContaining('less than 240s') }])
  expect(changes.at(-1)?.everything).toBe(true)
  am.answer = [alert('node-1')]
  am.up = { ms: 239_999 }
  await clock.advance(10_000)
  expect(poll.seen()).toMatchObject({ kind: 'Unavailable', alerts: [{ fingerprint: 'node-1' }] })
  am.up = { ms: 240_000 }
  await clock.advance(10_000)
  expect(poll.seen().kind).toBe('Known')
  expect(changes.at(-1)?.everything).toBe(true)
})

test('one that does not say since when it runs may always have just started, unless that is said not to matter', async () => {
  const am = source('am')
  am.up = { problem: 'GET http://am/api/v2/status answered status 403, expected a JSON status' }
  const { clock, poll } = polling(am)
  await clock.advance(0)
  expect(poll.seen()).toMatchObject({
    kind: 'Unavailable',
    message: expect.stringMatching(/^am: it does not say since when it runs: .* answered status 403/),
  })
  const ports = { clock, log: new FakeLog(), alerts: [am.alerts] }
  const trusting = new AlertPoll(ports, { everyMs: 10_000, startGraceMs: 0 })
  expect((await trusting.fresh('node-1')).kind).toBe('Known')
})

test('what was heard of a node is kept however old it is, and its signals say what is too old', async () => {
  const am = source('am')
  am.answer = [alert('node-1')]
  const { clock, poll } = polling(am)
  await clock.advance(0)
  const atMono = clock.mono()
  am.answer = new TimeoutError('no answer within 5 s')
  await clock.advance(500_000)
  expect(poll.seen()).toMatchObject({ kind: 'Unavailable', alerts: [] })
  expect(poll.known('node-1')).toMatchObject({
    kind: 'Unavailable',
    alerts: [{ fingerprint: 'node-1', source: 'am' }],
    sources: [{ name: 'am', answered: { atMono }, problem: 'no answer within 5 s' }],
  })
})

test('who listens to one alone hears that it fell silent, though another had been silent before', async () => {
  const [one, two] = [source('one'), source('two')]
  two.answer = new TimeoutError('no answer')
  const { clock, changes } = polling(one, two)
  await clock.advance(0)
  const before = changes.length
  one.answer = new TimeoutError('no answer')
  await clock.advance(140_000)
  expect(changes.slice(before)).toEqual([{ everything: true, nodeNames: [] }])
})

test('a fresh look asks now, and an old answer does not stand in for a lost one', async () => {
  const am = source('am')
  const { clock, poll } = polling(am)
  await clock.advance(0)
  expect(am.asked).toBe(1)
  expect((await poll.fresh('node-1')).kind).toBe('Known')
  expect(am.asked).toBe(2)
  await clock.advance(1_000)
  am.answer = new TimeoutError('no answer')
  expect((await poll.fresh('node-1')).kind).toBe('Unavailable')
  expect(poll.seen().kind).toBe('Known')
})

test('an old list that is repeated renews no alert, an alert that is sent again is news', async () => {
  const am = source('am')
  const sent = (second: number): Alert => ({
    ...alert('node-1'),
    updatedAt: instant(second * 1_000),
    endsAt: instant((second + 240) * 1_000),
  })
  const { clock, poll, changes } = polling(am)
  am.answer = [sent(clock.now() / 1_000)]
  const began = clock.mono()
  const lapse = () => (poll.seen().alerts[0]?.lapsesMono ?? 0) - began
  await clock.advance(10_000)
  const first = lapse()
  expect(first).toBe(240_000)
  await clock.advance(100_000)
  expect(lapse()).toBe(first)
  await clock.advance(150_000)
  const before = changes.length
  am.answer = [sent(clock.now() / 1_000)]
  await clock.advance(10_000)
  expect(lapse()).toBeGreaterThan(first)
  expect(changes.slice(before)).toEqual([{ everything: false, nodeNames: ['node-1'] }])
})

test('what had lapsed before it was first seen lapses at once, and no clock makes it last longer than its Prometheus said', async () => {
  const am = source('am')
  const { clock, poll } = polling(am)
  const [ended, ahead] = [instant(clock.now() - 3_600_000), instant(clock.now() + 3_600_000)]
  const span = 240_000
  am.answer = [
    { ...alert('old'), updatedAt: instant(ended - span), endsAt: ended },
    { ...alert('ahead'), updatedAt: instant(ahead - span), endsAt: ahead },
  ]
  await clock.advance(10_000)
  const [old, other] = poll.seen().alerts.map(({ lapsesMono = clock.mono() + span * 9 }) => lapsesMono - clock.mono())
  expect(old).toBeLessThanOrEqual(0)
  expect(other).toBeLessThanOrEqual(span)
  expect(other).toBeGreaterThan(0)
})

test('in a storm a poll costs a walk over the alerts, not one for each of them', { timeout: 4_000 }, async () => {
  const am = source('am')
  const stormy = Array.from({ length: 40_000 }, (_, index) => ({ ...alert(`node-${index}`), endsAt: instant(1e13) }))
  am.answer = stormy.toReversed()
  const { clock, poll } = polling(am)
  await clock.advance(0)
  am.answer = stormy
  await clock.advance(10_000)
  expect(poll.seen().alerts).toHaveLength(40_000)
})

test('of one node only those alerts are told that are about it, or may be', async () => {
  const am = source('am')
  am.answer = [alert('node-1'), alert('node-2'), { ...alert('node-3'), labels: { alertname: 'Hot', instance: 'n' } }]
  const clock = new FakeClock()
  let nodes = ['node-1', 'node-2']
  const identity = {
    version: 1,
    of: (labels: Readonly<Record<string, string>>) => (labels['node'] === undefined ? nodes : [labels['node']]),
  }
  const poll = new AlertPoll({ clock, log: new FakeLog(), alerts: [am.alerts], identity }, { everyMs: 10_000 })
  const told = (nodeName: string) => poll.known(nodeName).alerts.map(({ fingerprint }) => fingerprint)
  void poll.run(new AbortController().signal)
  await clock.advance(0)
  expect([told('node-1'), told('node-2'), told('node-9')]).toEqual([['node-1', 'node-3'], ['node-2', 'node-3'], []])
  expect(poll.seen().alerts).toHaveLength(3)
  nodes = ['node-9']
  identity.version = 2
  expect([told('node-1'), told('node-9')]).toEqual([['node-1'], ['node-3']])
  expect((await poll.fresh('node-9')).alerts.map(({ fingerprint }) => fingerprint)).toEqual(['node-3'])
})
