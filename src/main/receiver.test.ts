import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ServedDoor } from '../adapters/door/serve-door.ts'
import { alertPath } from '../gateway/alert-door.ts'
import { webhookAlert, webhookOf } from '../gateway/webhook.fixture.ts'
import { instant } from '../kernel/time.ts'
import type { HintAnswer } from '../ports/alerts.ts'
import { FakeLog } from '../runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import { ConfigError, readConfig } from './operator-config.ts'
import { serveProbes } from './probes.ts'
import { openReceiver } from './receiver.ts'

const left: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const leave of left.splice(0)) await leave()
})

function fileWith(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'receiver-'))
  left.push(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'file')
  writeFileSync(path, text)
  return path
}

const opened = (served: ServedDoor): string => {
  left.push(served.close)
  return `http://127.0.0.1:${served.port}${alertPath}`
}

function ports() {
  const [meter, log] = [new MetricsRegistry(), new FakeLog()]
  let hints = 0
  const hint = (): HintAnswer => {
    hints += 1
    return 'Taken'
  }
  return { meter, log, hint, host: '127.0.0.1', hints: () => hints }
}

test('a webhook with the right token over real sockets is a hint, and is counted where Prometheus scrapes', async () => {
  const { hints, ...given } = ports()
  const receiver = await openReceiver({ port: 0, bearerTokenFiles: [fileWith('s3cret\n')] }, given)
  const url = receiver === undefined ? '' : opened(receiver)
  const body = JSON.stringify(webhookOf([webhookAlert(instant(Date.now()))]))
  const post = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    return (await fetch(url, { method: 'POST', headers, body })).status
  }
  expect([await post('s3cret'), await post('wrong'), await post('s3cret')]).toEqual([200, 401, 200])
  expect(hints()).toBe(1)

  const probes = await serveProbes(
    { isSynced: () => true, metricsText: given.meter.text, log: given.log },
    { host: '127.0.0.1', port: 0 },
  )
  left.push(probes.close)
  const scraped = await fetch(`http://127.0.0.1:${probes.port}/metrics`)
  expect(scraped.headers.get('content-type')).toContain('version=0.0.4')
  const text = await scraped.text()
  expect(text).toContain('prunella_webhook_requests_total{code="200"} 2\n')
  expect(text).toContain('prunella_webhook_requests_total{code="401"} 1\n')
  expect(text).toContain('prunella_alerts_received_total{result="firing"} 1\n')
})

test('without a token and without an authority for clients it stays off, and says so', async () => {
  const given = ports()
  expect(await openReceiver(undefined, given)).toBeUndefined()
  expect(given.log.lines).toEqual([])
  expect(await openReceiver({ port: 0, bearerTokenFiles: [] }, given)).toBeUndefined()
  expect(given.log.lines).toMatchObject([{ level: 'warn', text: expect.stringContaining('Left the receiver off') }])
})

test('a certificate that cannot be read keeps nobody from healing', async () => {
  const given = ports()
  const tls = { certFile: '/nowhere/tls.crt', keyFile: '/nowhere/tls.key' }
  expect(await openReceiver({ port: 0, bearerTokenFiles: ['/nowhere'], tls }, given)).toBeUndefined()
  expect(given.log.lines).toMatchObject([{ level: 'error', text: 'Could not open the receiver' }])
})

const alertmanagers = '[{name: main, url: "http://am:9093"}]'

test('a receiver is read from the configuration', () => {
  const path = fileWith(`alertmanagers: ${alertmanagers}\nreceiver: {bearerTokenFiles: [/a, /b]}\n`)
  expect(readConfig(path).receiver).toEqual({ port: 8_444, bearerTokenFiles: ['/a', '/b'] })
})

test('a receiver listens where it is told', async () => {
  // an address that no machine has
  const given = { ...ports(), host: '192.0.2.1' }
  const config = { port: 0, bearerTokenFiles: [fileWith('s3cret')] }
  expect(await openReceiver(config, given)).toBeUndefined()
  const receiver = await openReceiver({ ...config, host: '127.0.0.1' }, given)
  const url = receiver === undefined ? '' : opened(receiver)
  expect((await fetch(url, { method: 'POST' })).status).toBe(401)
})

test.each([
  ['receiver: {bearerTokenFiles: [/a]}', 'receiver: needs alertmanagers'],
  [`alertmanagers: ${alertmanagers}\nreceiver: {port: 99999}`, 'receiver.port'],
  [`alertmanagers: ${alertmanagers}\nreceiver: {tls: {certFile: /a}}`, 'receiver.tls.keyFile'],
  [`alertmanagers: ${alertmanagers.replace(']', ', {name: main, url: "http://b"}]')}`, 'names of their own'],
])('%j is refused with its place', (text, place) => {
  expect(() => readConfig(fileWith(text))).toThrow(ConfigError)
  expect(() => readConfig(fileWith(text))).toThrow(place)
})

test('a configuration that is no YAML is refused without the lines that it stands in', () => {
  const read = (): unknown => readConfig(fileWith('alertmanagers:\n  - url: http://a:hunter2@am\n   name: [\n'))
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/cannot be read: (?![^]*hunter2)/)
})
