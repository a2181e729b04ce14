import type { RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { type Loopback, listen } from '../transport/loopback.fixture.ts'
import { type AlertmanagerOptions, alertmanager } from './alertmanager.ts'

let server: Loopback | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const asked: string[] = []

async function serving(listener: RequestListener, options: Partial<AlertmanagerOptions> = {}) {
  asked.length = 0
  server = await listen((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  return alertmanager({ url: `http://127.0.0.1:${server.port}`, timeoutMs: 300, ...options })
}

const answering =
  (body: string, type = 'application/json', status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  }

/** As Alertmanager 0.34 writes it. */
const firing = {
  annotations: {},
  endsAt: '2026-11-21T12:05:00.000Z',
  fingerprint: '0f3a',
  receivers: [{ name: 'default' }],
  startsAt: '2026-11-21T12:00:00.000Z',
  status: { inhibitedBy: [], silencedBy: [], state: 'active' },
  updatedAt: '2026-11-21T12:01:00.000Z',
  labels: { alertname: 'NodeCPUSaturated', node: 'node-1' },
}

test('every alert is listed, silenced and inhibited ones too', async () => {
  const alerts = await serving(answering(JSON.stringify([firing])))
  expect(await alerts.list()).toEqual([
    {
      labels: { alertname: 'NodeCPUSaturated', node: 'node-1' },
      startsAt: Date.parse('2026-11-21T12:00:00Z'),
      updatedAt: Date.parse('2026-11-21T12:01:00Z'),
      state: 'active',
      fingerprint: '0f3a',
    },
  ])
  expect(asked).toEqual(['GET /api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true'])
})

test('a route prefix is kept, and a password in the URL is not told', async () => {
  const plain = await serving(answering('[]'))
  const prefixed = alertmanager({ url: `http://user:hunter2@127.0.0.1:${server?.port}/alerts/main` })
  await prefixed.list()
  expect(asked[0]).toContain('GET /alerts/main/api/v2/alerts?')
  expect(prefixed.name).toBe(plain.name)
})

test('one alert that makes no sense spoils none of the others', async () => {
  const odd = [
    7,
    null,
    {},
    { labels: { alertname: 'NoTimes' } },
    { ...firing, labels: { alertname: 'X', priority: 7 } },
  ]
  const alerts = await serving(answering(JSON.stringify([...odd, firing])))
  expect((await alerts.list()).map(({ labels }) => labels['alertname'])).toEqual(['NoTimes', 'X', 'NodeCPUSaturated'])
})

test.each([
  [
    'HTML',
    answering('<html>log in</html>', 'text/html'),
    RefusedError,
    'expected a JSON list of alerts, got text/html',
  ],
  ['an object', answering('{"data": []}'), RefusedError, 'expected a JSON list of alerts, got application/json'],
  ['a redirect', answering('', 'text/html', 302), RefusedError, 'got status 302'],
  ['not found', answering('404 page not found', 'text/plain', 404), RefusedError, 'got status 404'],
  ['an error', answering('', 'text/plain', 503), UnavailableError, 'it answered 503'],
])('%s is no list of alerts, and never an empty one', async (_, listener, kind) => {
  const alerts = await serving(listener)
  await expect(alerts.list()).rejects.toThrow(kind)
})

test('what was expected is said', async () => {
  const alerts = await serving(answering('<html>log in</html>', 'text/html; charset=utf-8'))
  await expect(alerts.list()).rejects.toThrow(
    `expected a JSON list of alerts, got text/html; charset=utf-8: is ${alerts.name} an Alertmanager with API v2 at this address?`,
  )
})

test('an answer without end is cut off', async () => {
  const alerts = await serving(answering(`[${'0,'.repeat(10_000)}0]`), { bodyBytesMax: 10_000 })
  await expect(alerts.list()).rejects.toThrow('the answer is longer than 10000 bytes')
})

test('an answer that does not come, or stops half-way, is a timeout', async () => {
  const silent = await serving(() => undefined)
  await expect(silent.list()).rejects.toThrow(TimeoutError)
  await server?.close()
  const halting = await serving(
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('['),
  )
  await expect(halting.list()).rejects.toThrow('no answer within 300 ms')
})

test('nobody at the address is told as that', async () => {
  const alerts = await serving(answering('[]'))
  await server?.close()
  server = undefined
  await expect(alerts.list()).rejects.toThrow(UnavailableError)
})

test('a URL that is none is a mistake in the configuration', () => {
  expect(() => alertmanager({ url: 'alertmanager' })).toThrow('Invalid URL')
})
