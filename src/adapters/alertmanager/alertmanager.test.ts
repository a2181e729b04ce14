import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { startLoopback } from '../loopback-server.fixture.ts'
import { type AlertmanagerOptions, createAlertmanager } from './alertmanager.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The port of a real server, which ends with the test. */
async function serving(listener: RequestListener): Promise<number> {
  const { port, close } = await startLoopback(listener)
  closing.push(close)
  return port
}

async function deadPort(): Promise<number> {
  const port = await serving(() => {})
  await closing.pop()?.()
  return port
}

const answering = (body: string, type = 'application/json', status = 200): Promise<number> =>
  serving((_, response) => response.writeHead(status, { 'content-type': type }).end(body))

const alertsAt = (port: number, unusual: Partial<AlertmanagerOptions> = {}) =>
  createAlertmanager({ name: 'main', url: `http://127.0.0.1:${port}`, ...unusual })

/** The message and those of its causes: all that can reach a log. */
const messagesOf = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${messagesOf(error.cause)}` : String(error)

/** As Alertmanager 0.34 writes it. */
const silenced = {
  annotations: {},
  endsAt: '2026-11-21T12:05:00.000Z',
  fingerprint: '0f3a',
  receivers: [{ name: 'default' }],
  startsAt: '2026-11-21T12:00:00.000Z',
  status: { inhibitedBy: [], silencedBy: ['x'], state: 'suppressed' },
  updatedAt: '2026-11-21T12:01:00.000Z',
  labels: { alertname: 'NodeCPUSaturated', node: 'node-1' },
}

describe('a list', () => {
  test('asks for alerts in every state, below the path of the URL', async () => {
    const asked: IncomingMessage[] = []
    const port = await serving((request, response) => {
      asked.push(request)
      response.end('[]')
    })
    expect((await alertsAt(port, { url: `http://127.0.0.1:${port}/am/` }).list()).alerts).toEqual([])
    expect(asked.map(({ url }) => url)).toEqual([
      '/am/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true',
      '/am/api/v2/status',
    ])
    expect(asked[0]?.headers.authorization).toBe(undefined)
  })

  test('holds silenced alerts as well', async () => {
    expect((await alertsAt(await answering(JSON.stringify([silenced]))).list()).alerts).toEqual([
      {
        labels: silenced.labels,
        startsAt: Date.parse(silenced.startsAt),
        updatedAt: Date.parse(silenced.updatedAt),
        endsAt: Date.parse(silenced.endsAt),
        state: 'suppressed',
        fingerprint: '0f3a',
      },
    ])
  })
})

describe('since when it runs', () => {
  /** Lists nothing, and answers so for its status. */
  const upAt = async (
    status: string,
    { date, code = 200 }: { readonly date?: string; readonly code?: number } = {},
  ) => {
    const port = await serving(({ url = '' }, response) => {
      const isStatus = url.endsWith('/status')
      response.sendDate = false
      response.writeHead(isStatus ? code : 200, date === undefined ? {} : { date }).end(isStatus ? status : '[]')
    })
    return (await alertsAt(port).list()).up
  }
  const date = 'Sat, 21 Nov 2026 12:00:30 GMT'
  const uptime = (text: string): string => JSON.stringify({ cluster: {}, uptime: text })

  test('is told by its own clock', async () => {
    expect(await upAt(uptime('2026-11-21T12:00:00.500Z'), { date })).toEqual({ ms: 29_500 })
  })

  test.each([
    { status: '{}', what: 'has no such field' },
    { status: uptime('soon'), what: 'says it in another way' },
    { status: '<html>', what: 'is no JSON' },
  ])('is not known where the status $what, and no alert is hidden by that', async ({ status }) => {
    expect(await upAt(status, { date })).toEqual({ problem: expect.stringContaining('answered without `uptime`') })
  })

  test('is not known where the status is not for us', async () => {
    const problem = expect.stringContaining('answered status 403, expected a JSON status')
    expect(await upAt('', { date, code: 403 })).toEqual({ problem })
  })

  test('is not known without a date', async () => {
    expect(await upAt(uptime('2026-11-21T12:00:00Z'))).toEqual({ problem: expect.stringContaining('without a date') })
  })

  test('is an outage where the status may come later', async () => {
    await expect(upAt('', { date, code: 503 })).rejects.toThrow(UnavailableError)
  })
})

describe('credentials', () => {
  async function noting() {
    const seen: (string | undefined)[] = []
    const port = await serving(({ headers }, response) => {
      seen.push(headers.authorization)
      response.end('[]')
    })
    return { port, seen }
  }

  test('a token file is read anew for every poll', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'))
    closing.push(async () => await rm(folder, { recursive: true }))
    const { port, seen } = await noting()
    const bearerTokenFile = join(folder, 'token')
    const alerts = alertsAt(port, { bearerTokenFile })
    for (const token of ['first\n', 'second']) {
      await writeFile(bearerTokenFile, token)
      await alerts.list()
    }
    expect([...new Set(seen)]).toEqual(['Bearer first', 'Bearer second'])
  })

  test('a token file that is not there is an outage, and nothing is sent', async () => {
    const { port, seen } = await noting()
    await expect(alertsAt(port, { bearerTokenFile: '/does/not/exist' }).list()).rejects.toThrow(UnavailableError)
    expect(seen).toEqual([])
  })

  test('a user name in the URL is sent', async () => {
    const { port, seen } = await noting()
    await alertsAt(port, { url: `http://prunella:p%40ss@127.0.0.1:${port}` }).list()
    expect([...new Set(seen)]).toEqual([`Basic ${Buffer.from('prunella:p@ss').toString('base64')}`])
  })

  test('a password with a lone percent sign is sent as it stands', async () => {
    const { port, seen } = await noting()
    await alertsAt(port, { url: `http://prunella:100%@127.0.0.1:${port}` }).list()
    expect([...new Set(seen)]).toEqual([`Basic ${Buffer.from('prunella:100%').toString('base64')}`])
  })

  test('and shown in no failure', async () => {
    for (const port of [await answering('', 'text/plain', 403), await deadPort()]) {
      const alerts = alertsAt(port, { url: `http://prunella:p%40ss@127.0.0.1:${port}` })
      const text = messagesOf(await alerts.list().catch((error: unknown) => error))
      expect(text).toContain(`GET http://127.0.0.1:${port}/api/v2/alerts`)
      expect(text).not.toMatch(/p@ss|p%40ss/)
    }
  })
})

describe('a failure', () => {
  test.each([
    { body: '<html>log in</html>', type: 'text/html', status: 200, what: 'text/html' },
    { body: '{"data": []}', type: 'application/json', status: 200, what: 'other JSON' },
    { body: '[]', type: 'application/json', status: 302, what: 'status 302' },
    { body: '[]', type: 'application/json', status: 401, what: 'status 401' },
    { body: '404 page not found', type: 'text/plain', status: 404, what: 'status 404' },
  ])('$what is no list of alerts, and never an empty one', async ({ body, type, status, what }) => {
    const failure = alertsAt(await answering(body, type, status)).list()
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.toThrow(`answered ${what}, expected a JSON list of alerts`)
    await expect(failure).rejects.toMatchObject({ status })
  })

  test.each([500, 503, 429])('%i may pass', async (status) => {
    await expect(alertsAt(await answering('[]', 'application/json', status)).list()).rejects.toThrow(UnavailableError)
  })

  test('an answer without end is cut off', async () => {
    const port = await answering(`[${'0,'.repeat(10_000)}0]`)
    const failure = alertsAt(port, { bodyBytesMax: 10_000 }).list()
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.toThrow('answered more than 10000 bytes')
  })

  test.each([
    ['does not come', () => {}],
    ['stops half-way', (_, response) => void response.write('[')],
  ] satisfies readonly (readonly [string, RequestListener])[])(
    'an answer that %s is a timeout',
    async (_, listener) => {
      const failure = alertsAt(await serving(listener), { timeoutMs: 300 }).list()
      await expect(failure).rejects.toThrow(TimeoutError)
      await expect(failure).rejects.toThrow('no answer within 300 ms')
    },
  )

  test.each(['127.0.0.1', 'localhost'])('nobody at %s is told as that', async (host) => {
    const port = await deadPort()
    const failure = alertsAt(port, { url: `http://${host}:${port}` }).list()
    await expect(failure).rejects.toThrow(UnavailableError)
    await expect(failure).rejects.toThrow('ECONNREFUSED')
  })

  test('a URL that is none is a mistake in the configuration', () => {
    expect(() => createAlertmanager({ name: 'main', url: 'alertmanager' })).toThrow('Invalid URL')
  })
})
