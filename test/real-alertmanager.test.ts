import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createAlertmanager } from '../src/adapters/alertmanager/alertmanager.ts'
import type { ServedDoor } from '../src/adapters/door/serve-door.ts'
import { first, second } from '../src/adapters/loopback-certificates.fixture.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { AlertPoll } from '../src/controllers/alert-poll.ts'
import { alertPath } from '../src/gateway/alert-door.ts'
import { hours, seconds } from '../src/kernel/time.ts'
import { openReceiver } from '../src/main/receiver.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../src/runtime/metrics-registry.ts'

const program = 'prometheus-alertmanager'
const installed = spawnSync('which', [program]).status === 0

/** What Debian ships, with its own webhooks, over mutual TLS and with a token from a file. */
describe.runIf(installed)('a real Alertmanager', { timeout: 30_000 }, () => {
  const [meter, log, over] = [new MetricsRegistry(), new FakeLog(), new AbortController()]
  const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'))
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const token = put('token', 'right\n')
  let [alertmanager, receiver]: [ChildProcess | undefined, ServedDoor | undefined] = [undefined, undefined]
  let [url, poll]: [string, AlertPoll | undefined] = ['', undefined]
  const lead = { is: true }

  /** What sends to us, each for a label of its own. */
  const receivers = (port: number) => {
    const tls = {
      ca_file: join(folder, 'first.crt'),
      cert_file: join(folder, 'second.crt'),
      key_file: join(folder, 'second.key'),
    }
    const to = (name: string, credentials: string, more = {}) => ({
      name,
      webhook_configs: [
        {
          url: `https://127.0.0.1:${port}${alertPath}`,
          http_config: { authorization: { credentials_file: credentials }, tls_config: tls },
          ...more,
        },
      ],
    })
    return [
      to('right', token),
      to('wrong', put('wrong', 'wrong')),
      to('cut', token, { max_alerts: 1 }),
      { name: 'nobody' },
    ]
  }

  beforeAll(async () => {
    for (const [name, { certificate, key }] of Object.entries({ first, second })) {
      put(`${name}.crt`, certificate)
      put(`${name}.key`, key)
    }
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const main = createAlertmanager({ name: 'main', url })
    poll = new AlertPoll(
      { clock: systemClock, log, meter, leads: () => lead.is, alerts: [main] },
      { everyMs: hours(1) },
    )
    const tls = {
      certFile: join(folder, 'first.crt'),
      keyFile: join(folder, 'first.key'),
      clientCAFile: join(folder, 'second.crt'),
    }
    receiver = await openReceiver(
      { port: 0, bearerTokenFiles: [token], tls },
      { meter, log, hint: poll.hint, host: '127.0.0.1' },
    )
    const routes = ['right', 'wrong', 'cut'].map((name) => ({ receiver: name, matchers: [`to="${name}"`] }))
    const timing = { group_by: ['alertname'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' }
    const config = { route: { receiver: 'nobody', ...timing, routes }, receivers: receivers(receiver?.port ?? 0) }
    const flags = {
      'config.file': put('config.yml', JSON.stringify(config)),
      'storage.path': join(folder, 'state'),
      'web.listen-address': `127.0.0.1:${port}`,
      'cluster.listen-address': '',
    }
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
    alertmanager = spawn(program, args, { stdio: 'ignore' })
    await vi.waitFor(async () => await main.list(), { timeout: 20_000, interval: 100 })
    void poll.run(over.signal)
    await poll.whenPolled(over.signal)
  }, 30_000)

  afterAll(async () => {
    over.abort()
    alertmanager?.kill('SIGKILL')
    await receiver?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const fire = async (...labels: readonly Readonly<Record<string, string>>[]): Promise<void> => {
    const body = JSON.stringify(labels.map((one) => ({ labels: one })))
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body })).status).toBe(200)
  }
  const heard = () => (poll?.seen().alerts ?? []).map(({ labels }) => labels['alertname'])
  const shown = () => meter.text()
  const soon = { timeout: 10_000, interval: 50 }

  test('it says since when it runs, and what it does not list so early may fire all the same', () => {
    const message = 'main: it has run for less than 240s, and may not list all that fires'
    expect(poll?.seen()).toMatchObject({ kind: 'Unavailable', message })
  })

  test('an alert that fires is polled at once, hours before the next poll', async () => {
    expect(heard()).toEqual([])
    await fire({ alertname: 'Hot', node: 'node-1', to: 'right' })
    await expect.poll(heard, soon).toEqual(['Hot'])
    expect(shown()).toContain('prunella_alerts_received_total{result="firing"} 1\n')
    expect(shown()).toContain('prunella_webhook_requests_total{code="200"} 1\n')
  })

  test('an alert that ends is a hint as well, and only the poll says that it is gone', async () => {
    const [now, headers] = [Date.now(), { 'content-type': 'application/json' }]
    const ended = [
      {
        labels: { alertname: 'Hot', node: 'node-1', to: 'right' },
        startsAt: new Date(now - seconds(60)),
        endsAt: new Date(now),
      },
    ]
    await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(ended) })
    await expect.poll(shown, soon).toContain('prunella_alerts_received_total{result="resolved"} 1\n')
    await expect.poll(heard, soon).toEqual([])
  })

  test('a webhook that leaves alerts out is taken, and the poll fills it in', async () => {
    await fire(...['a', 'b', 'c'].map((node) => ({ alertname: 'Cold', node, to: 'cut' })))
    await expect.poll(shown, soon).toContain('prunella_webhooks_truncated_total 1\n')
    await expect.poll(heard, soon).toEqual(['Cold', 'Cold', 'Cold'])
  })

  test('a replica that does not lead is asked again until one does, and no hint is lost', async () => {
    const firing = () => Number(/alerts_received_total\{result="firing"\} (\d+)/.exec(shown())?.[1] ?? 0)
    const before = firing()
    lead.is = false
    await fire({ alertname: 'Late', node: 'node-1', to: 'right' })
    await expect.poll(shown, soon).toMatch(/prunella_webhook_requests_total\{code="503"\} [1-9]/)
    expect(firing()).toBe(before)
    lead.is = true
    await expect.poll(firing, soon).toBe(before + 1)
    await expect.poll(heard, soon).toContain('Late')
  })

  test('with a wrong token it is refused, for good, and nobody polls', async () => {
    await fire({ alertname: 'Wrong', node: 'node-1', to: 'wrong' })
    await expect.poll(shown, soon).toContain('prunella_webhook_requests_total{code="401"} 1\n')
    const failures = async (): Promise<string> => await (await fetch(`${url}/metrics`)).text()
    await expect
      .poll(failures, soon)
      .toMatch(/alertmanager_notifications_failed_total\{integration="webhook".*\} [1-9]/)
    expect(heard()).not.toContain('Wrong')
    expect(shown()).toContain('prunella_webhook_requests_total{code="401"} 1\n')
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
