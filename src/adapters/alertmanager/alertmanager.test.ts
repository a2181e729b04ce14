import { mkdtempSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { type Loopback, listen } from '../transport/loopback.fixture.ts'
import { type AlertmanagerOptions, createAlertmanager } from './alertmanager.ts'

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
  return createAlertmanager({ name: 'main', url: `http://127.0.0.1:${server.port}`, timeoutMs: 300, ...options })
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

test('a route prefix is kept', async () => {
  await serving(answering('[]'))
  await createAlertmanager({ name: 'main', url: `http://127.0.0.1:${server?.port}/alerts/main` }).list()
  expect(asked).toEqual(['GET /alerts/main/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true'])
})

test('a token is read anew for every question', async () => {
  const bearerTokenFile = join(mkdtempSync(join(tmpdir(), 'token-')), 'token')
  const seen: (string | undefined)[] = []
  const alerts = await serving(
    (request, response) => {
      seen.push(request.headers.authorization)
      answering('[]')(request, response)
    },
    { bearerTokenFile },
  )
  await expect(alerts.list()).rejects.toThrow(`the token file ${bearerTokenFile} cannot be read`)
  writeFileSync(bearerTokenFile, 'one\n')
  await alerts.list()
  writeFileSync(bearerTokenFile, 'two\n')
  await alerts.list()
  expect(seen).toEqual(['Bearer one', 'Bearer two'])
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
  {
    what: 'HTML',
    sent: answering('<html>log in</html>', 'text/html'),
    kind: RefusedError,
    told: 'alerts, got text/html',
  },
  { what: 'an object', sent: answering('{"data": []}'), kind: RefusedError, told: 'alerts, got application/json' },
  { what: 'a redirect', sent: answering('', 'text/html', 302), kind: RefusedError, told: 'got status 302' },
  { what: 'not found', sent: answering('no', 'text/plain', 404), kind: RefusedError, told: 'got status 404' },
  { what: 'an error', sent: answering('', 'text/plain', 503), kind: UnavailableError, told: 'it answered 503' },
])('$what is no list of alerts, and never an empty one', async ({ sent, kind, told }) => {
  const listed = (await serving(sent)).list()
  await expect(listed).rejects.toThrow(kind)
  await expect(listed).rejects.toThrow(told)
})

test('what was expected is said', async () => {
  const alerts = await serving(answering('<html>log in</html>', 'text/html; charset=utf-8'))
  await expect(alerts.list()).rejects.toThrow(
    `expected a JSON list of alerts, got text/html; charset=utf-8: is this the address of an Alertmanager with API v2?`,
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
  expect(() => createAlertmanager({ name: 'main', url: 'alertmanager' })).toThrow('Invalid URL')
})
