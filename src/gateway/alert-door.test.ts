import { assert, constantFrom, dictionary, jsonValue, oneof, property, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { minutes, seconds } from '../kernel/time.ts'
import type { HintAnswer } from '../ports/alerts.ts'
import type { BearerTokens } from '../ports/http-door.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import { AlertDoor, alertPath } from './alert-door.ts'
import { newsMs } from './receive.ts'
import { webhookAlert, webhookOf } from './webhook.fixture.ts'

const headers = { 'content-type': 'application/json', authorization: 'Bearer right' }
const post = { method: 'POST', path: alertPath, headers }
const right: BearerTokens = { isValid: (token) => token === 'right' }

function standing({ asksTokens = true, rates = { perSecond: 1, burst: 3 } } = {}) {
  const tokens = asksTokens ? right : undefined
  const [clock, log, meter] = [new FakeClock(), new FakeLog(), new MetricsRegistry()]
  const hints = { taken: 0, answer: 'Taken' as HintAnswer }
  const hint = (): HintAnswer => {
    if (hints.answer === 'Taken') hints.taken += 1
    return hints.answer
  }
  const door = new AlertDoor({ clock, log, meter, tokens, hint }, rates)
  const firing = () => JSON.stringify(webhookOf([webhookAlert(clock.now())]))
  return { clock, log, meter, hints, door, firing }
}

test('an alert that fires makes somebody poll, and its repetition does not', () => {
  const { door, hints, meter, firing } = standing()
  const body = firing()
  expect(door.admit(post)).toBeUndefined()
  expect(door.answer(body).status).toBe(200)
  expect(door.answer(body).status).toBe(200)
  expect(hints.taken).toBe(1)
  expect(meter.text()).toContain('prunella_alerts_received_total{result="firing"} 1\n')
  expect(meter.text()).toContain('prunella_alerts_received_total{result="repeated"} 1\n')
  expect(meter.text()).toContain('prunella_webhook_requests_total{code="200"} 2\n')
})

test('a webhook that somebody recorded is never a hint again', async () => {
  const { door, hints, clock, firing } = standing()
  const recorded = firing()
  for (let waited = 0; waited <= 2 * newsMs; waited += minutes(5)) {
    expect(door.answer(recorded).status).toBe(200)
    await clock.advance(minutes(5))
  }
  expect(hints.taken).toBe(1)
})

test('nobody polls yet: Alertmanager is asked to come again, and the alert is news when it does', () => {
  const { door, hints, meter, firing } = standing()
  hints.answer = 'NotPolled'
  const body = firing()
  expect(door.answer(body)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(meter.text()).not.toContain('prunella_alerts_received_total')
  hints.answer = 'Taken'
  expect(door.answer(body).status).toBe(200)
  expect(hints.taken).toBe(1)
})

test('a replica that does not lead sends Alertmanager to another one, on a new connection, and complains of nothing', () => {
  const { door, hints, meter, log, firing } = standing()
  hints.answer = 'NotLeading'
  const body = firing()
  const refused = door.answer(body)
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } })
  expect(refused.body).toContain('does not lead')
  expect(meter.text()).not.toContain('prunella_alerts_received_total')
  expect(log.lines).toEqual([])
  hints.answer = 'Taken'
  expect(door.answer(body).status).toBe(200)
  expect(hints.taken).toBe(1)
})

test.each([
  ['another path', { path: '/' }, 404],
  ['another method', { method: 'GET' }, 405],
  ['no token', { headers: { 'content-type': 'application/json' } }, 401],
  ['a wrong token', { headers: { ...headers, authorization: 'Bearer wrong' } }, 401],
  ['two tokens', { headers: { ...headers, authorization: 'Bearer right right' } }, 401],
  ['basic authentication', { headers: { ...headers, authorization: 'Basic right' } }, 401],
  ['a form', { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } }, 415],
  ['no content type', { headers: { authorization: 'Bearer right' } }, 415],
  ['a compressed body', { headers: { ...headers, 'content-encoding': 'gzip' } }, 415],
  ['50 MB', { headers: { ...headers, 'content-length': '50000000' } }, 413],
])('%s is refused before the body is read', (_, unusual, status) => {
  const { door, meter } = standing()
  expect(door.admit({ ...post, ...unusual })?.status).toBe(status)
  expect(meter.text()).toContain(`prunella_webhook_requests_total{code="${status}"} 1\n`)
})

test('a content type may say more', () => {
  const { door } = standing()
  const type = { 'content-type': 'Application/JSON; charset=utf-8', authorization: 'bearer right' }
  expect(door.admit({ ...post, headers: type })).toBeUndefined()
})

test('too many at once are asked to come again: 429 would be final', async () => {
  const { door, clock } = standing()
  const statuses = () => [1, 2, 3, 4].map(() => door.admit(post)?.status)
  expect(statuses()).toEqual([undefined, undefined, undefined, 503])
  await clock.advance(seconds(2))
  expect(statuses()).toEqual([undefined, undefined, 503, 503])
})

test('who has no token takes nobody their turn, and is told of once', () => {
  const { door, log } = standing()
  const stranger = { ...post, headers: { ...headers, authorization: 'Bearer wrong' } }
  for (let tries = 0; tries < 50; tries += 1) expect(door.admit(stranger)?.status).toBe(401)
  expect(door.admit(post)).toBeUndefined()
  door.answer('{}')
  door.admit(stranger)
  expect(log.lines.map(({ fields }) => fields)).toEqual([
    { cause: '401: no valid bearer token' },
    { cause: expect.stringContaining('400: expected a JSON object') },
  ])
})

test('with client certificates in place of tokens none is asked for', () => {
  const { door } = standing({ asksTokens: false })
  expect(door.admit({ ...post, headers: { 'content-type': 'application/json' } })).toBeUndefined()
})

test('whatever comes, it is answered with 2xx or 4xx, or let in', () => {
  const text = oneof(
    string(),
    jsonValue().map((value) => JSON.stringify(value)),
  )
  const head = record({
    method: oneof(constantFrom('POST', 'GET'), string()),
    path: oneof(constantFrom(alertPath), string()),
    headers: oneof(constantFrom(headers), dictionary(string(), string())),
  })
  const { door } = standing({ rates: { perSecond: 1, burst: 1_000_000 } })
  assert(
    property(head, text, (request, body) => {
      const { status } = door.admit(request) ?? door.answer(body)
      expect(status === 200 || (status >= 400 && status < 500)).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
