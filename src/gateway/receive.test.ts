import { array, assert, constantFrom, jsonValue, oneof, property, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../kernel/json.ts'
import { hours, instant, minutes } from '../kernel/time.ts'
import { newsMs, receive } from './receive.ts'
import { resolvedAlert, webhookAlert, webhookOf } from './webhook.fixture.ts'

const now = instant(Date.parse('2026-11-21T12:00:00Z'))
const ago = (ms: number) => instant(now - ms)
const receiving = (body: unknown, known: readonly string[] = []) =>
  receive(typeof body === 'string' ? body : JSON.stringify(body), {
    now,
    isKnown: (episode) => known.includes(episode),
  })

test('an alert that began is a hint, once', () => {
  const body = webhookOf([webhookAlert(ago(minutes(1)))])
  const first = receiving(body)
  expect(first).toMatchObject({ ok: true, hint: true, results: ['firing'], truncated: false })
  const episodes = first.ok ? first.episodes : []
  expect(receiving(body, episodes)).toMatchObject({ ok: true, hint: false, results: ['repeated'], episodes: [] })
})

test('each alert has its own status, and its end is another piece of news', () => {
  const body = webhookOf([
    webhookAlert(ago(minutes(5)), { fingerprint: 'a' }),
    { ...resolvedAlert(ago(hours(2)), ago(minutes(1))), fingerprint: 'b' },
  ])
  expect(receiving(body)).toMatchObject({ hint: true, results: ['firing', 'resolved'] })
})

test('the end of an alert that was told when it began is news', () => {
  const began = ago(minutes(5))
  const first = receiving(webhookOf([webhookAlert(began)]))
  const ended = webhookOf([resolvedAlert(began, ago(minutes(1)))])
  expect(receiving(ended, first.ok ? first.episodes : [])).toMatchObject({ hint: true, results: ['resolved'] })
})

test('what began or ended long ago is known to every poll', () => {
  const body = webhookOf([webhookAlert(ago(newsMs + 1)), resolvedAlert(ago(hours(9)), ago(newsMs + 1))])
  expect(receiving(body)).toMatchObject({ ok: true, hint: false, results: ['old', 'old'] })
})

test('a truncated webhook is a hint whatever it holds: what it left out may fire', () => {
  expect(receiving(webhookOf([], { truncatedAlerts: 3 }))).toMatchObject({ ok: true, hint: true, truncated: true })
})

test('one alert that cannot be read spoils no other, and somebody looks', () => {
  const odd = [{ ...webhookAlert(now), startsAt: 'yesterday' }, { ...webhookAlert(now), status: 'burning' }, null]
  const body = webhookOf([webhookAlert(ago(newsMs + 1)), ...(odd as never[])])
  expect(receiving(body)).toMatchObject({ hint: true, results: ['old', 'malformed', 'malformed', 'malformed'] })
})

test('half a million entries are no half a million times work: what is not read counts as left out', () => {
  const many = Array<unknown>(500_000).fill(0)
  const told = receiving(webhookOf([webhookAlert(ago(minutes(1))), ...(many as never[])]))
  expect(told).toMatchObject({ ok: true, hint: true, truncated: true })
  expect(told.ok ? told.results.length : 0).toBeLessThanOrEqual(2_000)
  const unreadable = receiving(webhookOf(many as never[]))
  expect(unreadable).toMatchObject({ ok: false, message: 'none of its first 2000 alerts can be read' })
})

test.each([
  ['no JSON', '{"version":', 'as Alertmanager sends it by itself'],
  ['a list', [], '`payload`'],
  ['a hundred thousand objects', webhookOf(Array.from({ length: 100_000 }, () => ({}))), '`payload`'],
  ['a payload template of its own', { text: 'node-1 is sick' }, '`payload` template of its own, remove it'],
  ['another version', webhookOf([], { version: '5' }), 'version 4'],
  ['a version that is a number', webhookOf([], { version: 4 }), '`version`'],
  ['a thicket of brackets', `{"version":"4","alerts":[${'['.repeat(100)}${']'.repeat(100)}]}`, 'a JSON object'],
  ['alerts of which none can be read', webhookOf([{ status: 'firing' }]), 'none of its alerts'],
])('%s is refused with a reason', (_, body, reason) => {
  expect(receiving(body)).toMatchObject({ ok: false, message: expect.stringContaining(reason) })
})

test('brackets within a text are no depth', () => {
  const labels = { note: `${'[{'.repeat(100)}\\"` }
  expect(receiving(webhookOf([webhookAlert(now, { labels })]))).toMatchObject({ ok: true, results: ['firing'] })
})

test.each(['x', 'x"', 'x\\', 'x\\"', 'x\\\\', '['])('behind the text %j depth counts again', (note) => {
  expect(receiving(webhookOf([webhookAlert(now, { labels: { note, other: '[' } })])).ok).toBe(true)
  const deep = { note, thicket: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as Json }
  expect(receiving(webhookOf([webhookAlert(now, { labels: deep })])).ok).toBe(false)
})

test('whatever the text, there is an answer, and it is a hint only where it can be read', () => {
  const nearly = record(
    {
      version: oneof(constantFrom('4'), jsonValue()),
      truncatedAlerts: jsonValue(),
      alerts: array(
        oneof(
          jsonValue(),
          record(
            {
              status: oneof(constantFrom('firing', 'resolved'), jsonValue()),
              fingerprint: oneof(string(), jsonValue()),
              startsAt: oneof(constantFrom('2026-11-21T11:59:00Z', '0001-01-01T00:00:00Z'), jsonValue()),
              endsAt: jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    },
    { requiredKeys: [] },
  )
  const text = oneof(
    string(),
    jsonValue().map((value) => JSON.stringify(value)),
    nearly.map((value) => JSON.stringify(value)),
  )
  assert(
    property(text, (body) => {
      const received = receiving(body)
      const isSound = received.ok ? received.episodes.length <= received.results.length : received.message !== ''
      expect(isSound).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
