import { get } from 'node:https'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { Transport, TransportRequest, TransportStream } from '../../ports/transport.ts'
import { first } from '../loopback-certificates.fixture.ts'
import { type HttpServer, type ServeHttpOptions, serveHttp } from './serve-http.ts'

const open: HttpServer[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

class FakeTransport implements Transport {
  readonly requests: TransportRequest[] = []
  readonly signals: AbortSignal[] = []
  answer: () => unknown = () => ({ kind: 'Node' })
  status = 200
  events: (signal: AbortSignal) => AsyncIterable<unknown> = async function* () {}

  readonly request = async (request: TransportRequest) => {
    this.requests.push(request)
    return { status: this.status, headers: {}, body: this.answer() }
  }

  readonly stream = async (request: TransportRequest, signal: AbortSignal): Promise<TransportStream> => {
    this.requests.push(request)
    this.signals.push(signal)
    return { status: this.status, headers: {}, body: this.answer(), events: this.events(signal) }
  }
}

async function serve(transport: Transport, options: ServeHttpOptions = {}): Promise<string> {
  const server = await serveHttp(transport, options)
  open.push(server)
  return server.url
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** No events, until the watch is over. */
const silent = (signal: AbortSignal): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]: () => ({
    next: async () => {
      if (!signal.aborted) await ended(signal)
      return { done: true, value: undefined }
    },
  }),
})

test('a request arrives with method, path, query, headers and parsed body', async () => {
  const transport = new FakeTransport()
  const url = await serve(transport)
  const response = await fetch(`${url}/api/v1/nodes/node%2F1?dryRun=All`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/merge-patch+json', Accept: 'application/json' },
    body: '{"spec":{"unschedulable":true}}',
  })
  expect(await response.json()).toEqual({ kind: 'Node' })
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(transport.requests[0]).toMatchObject({
    method: 'PATCH',
    path: '/api/v1/nodes/node%2F1',
    query: { dryRun: 'All' },
    headers: { 'content-type': 'application/merge-patch+json', accept: 'application/json' },
    body: { spec: { unschedulable: true } },
    lane: 'Request',
  })
})

test('status and words are passed on as they are', async () => {
  const transport = new FakeTransport()
  transport.status = 409
  expect((await fetch(`${await serve(transport)}/api/v1/nodes`)).status).toBe(409)
  const healthy: Transport = {
    stream: transport.stream,
    request: async () => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' }),
  }
  expect(await (await fetch(`${await serve(healthy)}/livez`)).text()).toBe('ok')
})

test('YAML is read too', async () => {
  const transport = new FakeTransport()
  const headers = { 'content-type': 'application/yaml' }
  await fetch(`${await serve(transport)}/api/v1/nodes`, {
    method: 'POST',
    headers,
    body: 'kind: Node\nmetadata: {name: a}\n',
  })
  const asked = { headers: { 'content-type': 'application/json' }, body: { kind: 'Node', metadata: { name: 'a' } } }
  expect(transport.requests[0]).toMatchObject(asked)
})

test.each([
  { title: 'broken JSON', type: 'application/json', body: '{"a":', status: 400, reason: 'BadRequest' },
  { title: 'broken YAML', type: 'application/yaml', body: 'a: [', status: 400, reason: 'BadRequest' },
  {
    title: 'protobuf',
    type: 'application/vnd.kubernetes.protobuf',
    body: 'k8s',
    status: 415,
    reason: 'UnsupportedMediaType',
  },
  {
    title: 'a huge body',
    type: 'application/json',
    body: ' '.repeat(3_145_729),
    status: 413,
    reason: 'RequestEntityTooLarge',
  },
])('$title is refused', async ({ type, body, status, reason }) => {
  const transport = new FakeTransport()
  const headers = { 'content-type': type }
  const response = await fetch(`${await serve(transport)}/api/v1/nodes`, { method: 'POST', headers, body })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ kind: 'Status', reason, code: status })
  expect(transport.requests).toEqual([])
})

test('a method of no use is refused', async () => {
  const response = await fetch(`${await serve(new FakeTransport())}/api/v1/nodes`, { method: 'OPTIONS' })
  expect(response.status).toBe(405)
})

test.each([
  [new TimeoutError('too slow'), 504],
  [new UnavailableError('not there'), 503],
  [new Error('broken'), 500],
])('%s becomes %i', async (error, status) => {
  const transport = new FakeTransport()
  transport.answer = () => {
    throw error
  }
  const response = await fetch(`${await serve(transport)}/api/v1/nodes`)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ kind: 'Status', message: error.message })
})

test('a long list arrives whole, though it was written in pieces', async () => {
  const items = Array.from({ length: 5_000 }, (_, index) => ({
    metadata: { name: `pod-${index}` },
    text: 'ä'.repeat(200),
  }))
  const transport = new FakeTransport()
  transport.answer = () => ({ kind: 'PodList', metadata: { resourceVersion: '7' }, items })
  const url = await serve(transport)
  expect(await (await fetch(`${url}/api/v1/pods`)).json()).toEqual({
    kind: 'PodList',
    metadata: { resourceVersion: '7' },
    items,
  })
  transport.answer = () => ({
    kind: 'Table',
    rows: items.map((object) => ({ cells: [1], object: Object.freeze(object) })),
  })
  const table = { kind: 'Table', rows: items.map((object) => ({ cells: [1], object })) }
  expect(await (await fetch(`${url}/api/v1/pods`)).json()).toEqual(table)
})

test.each([
  ['/api/v1/nodes?watch=true', '/api/v1/nodes'],
  ['/api/v1/nodes?watch=1', '/api/v1/nodes'],
  ['/api/v1/watch/namespaces/default/pods', '/api/v1/namespaces/default/pods'],
  ['/apis/policy/v1/watch/poddisruptionbudgets', '/apis/policy/v1/poddisruptionbudgets'],
])('%s is a watch', async (asked, path) => {
  const transport = new FakeTransport()
  transport.events = async function* () {
    yield { type: 'ADDED', object: Object.freeze({ kind: 'Node', metadata: { name: 'a' } }) }
    yield { type: 'BOOKMARK', object: { kind: 'Node' } }
  }
  const text = await (await fetch(`${await serve(transport)}${asked}`)).text()
  expect(text).toBe(
    '{"type":"ADDED","object":{"kind":"Node","metadata":{"name":"a"}}}\n{"type":"BOOKMARK","object":{"kind":"Node"}}\n',
  )
  expect(transport.requests[0]).toMatchObject({ path, query: { watch: 'true' } })
})

test('one event goes out at once, while the watch stays open', async () => {
  const transport = new FakeTransport()
  transport.events = async function* (signal) {
    yield { type: 'ADDED', object: { kind: 'Node' } }
    await ended(signal)
  }
  const response = await fetch(`${await serve(transport)}/api/v1/nodes?watch=true`)
  const reader = response.body?.getReader()
  const first = await reader?.read()
  expect(new TextDecoder().decode(first?.value)).toBe('{"type":"ADDED","object":{"kind":"Node"}}\n')
  await reader?.cancel()
})

test('a watch ends after its seconds, and when its client goes away', async () => {
  const transport = new FakeTransport()
  transport.events = silent
  const url = await serve(transport)
  expect(await (await fetch(`${url}/api/v1/nodes?watch=true&timeoutSeconds=1`)).text()).toBe('')

  const gone = new AbortController()
  await fetch(`${url}/api/v1/nodes?watch=true`, { signal: gone.signal })
  gone.abort()
  const signal = transport.signals[1]
  if (signal !== undefined && !signal.aborted) await ended(signal)
  expect(signal?.aborted).toBe(true)
})

test('a watch that is refused answers like a request', async () => {
  const transport = new FakeTransport()
  transport.status = 410
  transport.answer = () => ({ kind: 'Status', code: 410 })
  const response = await fetch(`${await serve(transport)}/api/v1/nodes?watch=true`)
  expect(response.status).toBe(410)
  expect(await response.json()).toEqual({ kind: 'Status', code: 410 })
})

test('events are pulled no faster than the client reads', async () => {
  const transport = new FakeTransport()
  let pulled = 0
  transport.events = async function* (signal) {
    const object = Object.freeze({ kind: 'Pod', text: 'x'.repeat(7_000) })
    for (; pulled < 20_000 && !signal.aborted; pulled += 1) yield { type: 'ADDED', object }
  }
  const { port } = new URL(await serve(transport))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: x\r\n\r\n')
  socket.pause()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const whenStuck = pulled
  expect(whenStuck).toBeGreaterThan(0)
  expect(whenStuck).toBeLessThan(5_000)
  socket.resume()
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(pulled).toBeGreaterThan(whenStuck)
  socket.destroy()
})

test('with a key and a certificate it speaks TLS', async () => {
  const url = await serve(new FakeTransport(), { tls: { key: first.key, cert: first.certificate } })
  expect(url).toMatch(/^https:/)
  const status = await new Promise((resolve, reject) => {
    get(`${url}/api/v1/nodes`, { ca: first.certificate }, (response) => resolve(response.statusCode)).once(
      'error',
      reject,
    )
  })
  expect(status).toBe(200)
})

test('closing ends open watches and frees the port', async () => {
  const transport = new FakeTransport()
  transport.events = silent
  const server = await serveHttp(transport)
  const response = await fetch(`${server.url}/api/v1/nodes?watch=true`)
  await server.close()
  expect(transport.signals[0]?.aborted).toBe(true)
  await response.text().catch(() => 'cut off')
  await expect(fetch(server.url)).rejects.toThrow()
})
