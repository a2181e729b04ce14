import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { badQuery } from '../../ports/metrics.ts'
import { first, second } from '../loopback-certificates.fixture.ts'
import { startLoopback } from '../loopback-server.fixture.ts'
import { createPrometheus, type PrometheusOptions } from './prometheus.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The port of a real server, which ends with the test. */
async function serving(listener: RequestListener, tls?: typeof first): Promise<number> {
  const { port, close } = await startLoopback(listener, tls)
  closing.push(close)
  return port
}

const answering = (answer: unknown, status = 200): Promise<number> =>
  serving((_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(textOf(answer)))

const textOf = (answer: unknown): string => (typeof answer === 'string' ? answer : JSON.stringify(answer))

const metricsAt = (port: number, unusual: Partial<PrometheusOptions> = {}) =>
  createPrometheus({ name: 'main', url: `http://127.0.0.1:${port}`, ...unusual })

const vector = (result: readonly unknown[], more: object = {}) => ({
  status: 'success',
  data: { resultType: 'vector', result },
  ...more,
})

const one = { metric: { node: 'node-1' }, value: [1_795_262_400.123, '0.5'] }

/** Answers every form that is posted, and keeps who asked what. */
async function answeringForms(answer: unknown) {
  const asked: string[] = []
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    asked.push(`${request.method} ${request.url} ${new URLSearchParams(body).get('query')}`)
    response.end(textOf(answer))
  }
  const port = await serving((request, response) => void reply(request, response))
  return { port, asked }
}

describe('a query', () => {
  test('is posted below the path of the URL', async () => {
    const { port, asked } = await answeringForms(vector([one]))
    expect(await metricsAt(port, { url: `http://127.0.0.1:${port}/prom/` }).query('up > 0')).toEqual({
      series: [{ labels: { node: 'node-1' }, samples: [{ at: 1_795_262_400_123, value: 0.5 }] }],
      warnings: [],
    })
    expect(asked).toEqual(['POST /prom/api/v1/query up > 0'])
  })

  test('over a stretch of time is one that ends in the present of the server', async () => {
    const values = [
      [1, '1'],
      [2, 'NaN'],
      [3, '3'],
    ]
    const data = { resultType: 'matrix', result: [{ metric: {}, values }] }
    const { port, asked } = await answeringForms({ status: 'success', data })
    const answer = await metricsAt(port).queryRange('up # all', { windowSeconds: 60, stepSeconds: 15 })
    expect(asked).toEqual(['POST /api/v1/query (\nup # all\n)[60s:15s]'])
    expect(answer.series[0]?.samples.map(({ value }) => value)).toEqual([1, 3])
  })

  test.each(['NaN', '+Inf', '-Inf', '', 'many'])(
    '%s is no measurement, and the series is still there',
    async (text) => {
      const port = await answering(vector([{ metric: { node: 'node-1' }, value: [1, text] }]))
      expect((await metricsAt(port).query('up')).series).toEqual([{ labels: { node: 'node-1' }, samples: [] }])
    },
  )

  test('a native histogram has no value', async () => {
    const port = await answering(vector([{ metric: {}, histogram: [1, { count: '3' }] }]))
    expect((await metricsAt(port).query('up')).series).toEqual([{ labels: {}, samples: [] }])
  })

  test('warnings are told, and remarks about style are not', async () => {
    const warnings = ['shard 2 is away', 'PromQL info: metric might not be a counter, name does not end in _total']
    const port = await answering(vector([one], { warnings, infos: ['PromQL info: x'] }))
    expect((await metricsAt(port).query('up')).warnings).toEqual(['shard 2 is away'])
  })

  test.each([
    ['scalar', [1, '2']],
    ['string', [1, 'text']],
    ['matrix', []],
  ])('a %s is refused', async (resultType, result) => {
    const port = await answering({ status: 'success', data: { resultType, result } })
    const failure = metricsAt(port).query('1')
    await expect(failure).rejects.toThrow(`answers with ${resultType}, expected vector`)
    await expect(failure).rejects.toMatchObject({ name: 'RefusedError', reason: badQuery })
  })

  test('too many series are refused', async () => {
    const failure = metricsAt(await answering(vector([one, one, one])), { seriesMax: 2 }).query('up')
    await expect(failure).rejects.toThrow('more than 2 series')
    await expect(failure).rejects.toMatchObject({ reason: badQuery })
  })
})

describe('a failure', () => {
  test.each([
    [400, 'bad_data', 'parse error: unexpected end of input'],
    [422, 'execution', 'many-to-many matching not allowed'],
  ])('%i %s is the fault of who wrote the query', async (status, errorType, error) => {
    const failure = metricsAt(await answering({ status: 'error', errorType, error }, status)).query('up')
    await expect(failure).rejects.toThrow(`Prometheus refuses the query (${errorType}): ${error}`)
    await expect(failure).rejects.toMatchObject({ name: 'RefusedError', status, reason: badQuery })
  })

  test.each([
    [503, 'timeout'],
    [503, 'unavailable'],
    [500, 'internal'],
    [429, 'too_many_requests'],
  ])('%i %s may pass', async (status, errorType) => {
    const failure = metricsAt(await answering({ status: 'error', errorType, error: 'later' }, status)).query('up')
    await expect(failure).rejects.toThrow(UnavailableError)
    await expect(failure).rejects.toThrow(`answered ${status} (${errorType}: later)`)
  })

  test.each([
    ['<html>log in</html>', 200],
    ['[]', 200],
    [{ status: 'success' }, 200],
    [vector([]), 302],
    ['Unauthorized', 401],
  ])('%j with status %i is no answer of Prometheus, and never an empty one', async (answer, status) => {
    const failure = metricsAt(await answering(answer, status)).query('up')
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.toThrow('expected an answer of Prometheus')
    await expect(failure).rejects.toMatchObject({ reason: 'NotPrometheus' })
  })

  test('an answer without end is cut off', async () => {
    const port = await answering(vector(Array.from({ length: 1_000 }, () => one)))
    const failure = metricsAt(port, { bodyBytesMax: 10_000 }).query('up')
    await expect(failure).rejects.toMatchObject({ name: 'RefusedError', reason: badQuery })
  })

  test.each([
    ['does not come', () => {}],
    ['stops half-way', (_, response) => void response.write('{')],
  ] satisfies readonly (readonly [string, RequestListener])[])(
    'an answer that %s is a timeout',
    async (_, listener) => {
      const failure = metricsAt(await serving(listener), { timeoutMs: 300 }).query('up')
      await expect(failure).rejects.toThrow(TimeoutError)
    },
  )

  test('a password with a lone percent sign is sent as it stands', async () => {
    let seen: string | undefined
    const port = await serving((request, response) => {
      seen = request.headers.authorization
      response.end(textOf(vector([])))
    })
    await metricsAt(port, { url: `http://prunella:100%@127.0.0.1:${port}` }).query('up')
    expect(seen).toBe(`Basic ${Buffer.from('prunella:100%').toString('base64')}`)
  })

  test('shows neither the name nor the password of the URL', async () => {
    const port = await answering('', 403)
    const failure = metricsAt(port, { url: `http://prunella:p%40ss@127.0.0.1:${port}` }).query('up')
    const text = String(await failure.catch((error: unknown) => error))
    expect(text).toContain(`POST http://127.0.0.1:${port}/api/v1/query`)
    expect(text).not.toMatch(/p@ss|p%40ss/)
  })
})

describe('trust', () => {
  async function fileWith(content: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
    closing.push(async () => await rm(folder, { recursive: true }))
    const path = join(folder, 'file')
    await writeFile(path, content)
    return path
  }

  test('a token file is read anew for every request', async () => {
    const seen: (string | undefined)[] = []
    const port = await serving(({ headers }, response) => {
      seen.push(headers.authorization)
      response.end(textOf(vector([])))
    })
    const bearerTokenFile = await fileWith('first\n')
    const metrics = metricsAt(port, { bearerTokenFile })
    await metrics.query('up')
    await writeFile(bearerTokenFile, 'second')
    await metrics.query('up')
    expect(seen).toEqual(['Bearer first', 'Bearer second'])
    await expect(metricsAt(port, { bearerTokenFile: '/does/not/exist' }).query('up')).rejects.toThrow(UnavailableError)
  })

  test('only a server that its authorities vouch for is asked, and they may change', async () => {
    const port = await serving((_, response) => response.end(textOf(vector([one]))), first)
    const caFile = await fileWith(second.certificate)
    const metrics = metricsAt(port, { url: `https://127.0.0.1:${port}`, caFile })
    await expect(metrics.query('up')).rejects.toThrow(UnavailableError)
    await writeFile(caFile, first.certificate)
    expect((await metrics.query('up')).series).toHaveLength(1)
  })
})

describe('rules', () => {
  const rule = (name: string, more: object = {}) => ({
    type: 'alerting',
    name,
    query: 'up == 0',
    health: 'ok',
    lastEvaluation: '2026-11-21T12:00:00.123456789Z',
    alerts: [{ labels: { alertname: name, node: 'node-1' }, state: 'pending' }],
    ...more,
  })
  const groups = (...rules: readonly unknown[]) => ({ status: 'success', data: { groups: [{ rules }] } })

  test('of one name are told, with whom they accuse', async () => {
    let asked: string | undefined
    const port = await serving(({ url }, response) => {
      asked = url
      response.end(textOf(groups(rule('Down'), rule('Other'), { type: 'recording', name: 'Down' })))
    })
    expect(await metricsAt(port).alertRules('Down')).toEqual([
      {
        name: 'Down',
        expr: 'up == 0',
        isHealthy: true,
        evaluatedAt: Date.parse('2026-11-21T12:00:00.123Z'),
        alerts: [{ labels: { alertname: 'Down', node: 'node-1' } }],
      },
    ])
    expect(asked).toBe('/api/v1/rules?type=alert&rule_name%5B%5D=Down')
  })

  test('that were never evaluated, or not well, say so', async () => {
    const odd = rule('Down', { health: 'err', lastEvaluation: '0001-01-01T00:00:00Z', alerts: undefined })
    expect(await metricsAt(await answering(groups(odd))).alertRules('Down')).toMatchObject([
      { isHealthy: false, evaluatedAt: undefined, alerts: [] },
    ])
  })
})
