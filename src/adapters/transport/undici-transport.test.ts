import { createSecureServer } from 'node:http2'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { instant, mono } from '../../kernel/time.ts'
import { TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { first, second } from '../loopback-certificates.fixture.ts'
import type { ClusterAccess, TlsAccess } from './cluster-access.ts'
import { listen, portOf } from './loopback.fixture.ts'
import { UndiciTransport } from './undici-transport.ts'

const opened: { readonly close: () => Promise<unknown> }[] = []
afterEach(async () => {
  for (const { close } of opened.splice(0).toReversed()) await close()
})

describe('a request', () => {
  test('says who asks for what, and the answer comes back as it is', async () => {
    const server = await serving((request, response) => {
      const { method, url, headers } = request
      const chunks: unknown[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      response.setHeader('X-Kind', 'Test')
      request.on('end', () =>
        response.writeHead(201).end(JSON.stringify({ method, url, headers, body: chunks.join('') })),
      )
    })
    const answer = await over(server, { credential: { kind: 'Token', token: 'secret' } }, '/prefix').request({
      method: 'PATCH',
      path: '/api/v1/nodes/a%2Fb',
      query: { fieldSelector: 'spec.nodeName=a b' },
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { spec: { unschedulable: true } },
      timeoutMs: 5_000,
      lane: 'Request',
    })
    expect(answer.status).toBe(201)
    expect(answer.headers).toMatchObject({ 'x-kind': 'Test', date: expect.any(String) })
    expect(answer.body).toMatchObject({
      method: 'PATCH',
      url: '/prefix/api/v1/nodes/a%2Fb?fieldSelector=spec.nodeName%3Da+b',
      headers: {
        authorization: 'Bearer secret',
        'user-agent': 'prunella/1.2.3',
        'content-type': 'application/merge-patch+json',
        accept: 'application/json',
      },
      body: '{"spec":{"unschedulable":true}}',
    })
  })

  test.each(['', '<html>no</html>'])('an answer that is no JSON (%j) has no body', async (text) => {
    const server = await serving((_request, response) => response.writeHead(502).end(text))
    expect(await over(server).request(get())).toMatchObject({ status: 502, body: undefined })
  })

  test('to a server that is not there was never sent', async () => {
    const server = await listen(() => {})
    await server.close()
    await expect(over(server).request(get())).rejects.toThrow(UnavailableError)
    await expect(over(server).request(get())).rejects.toThrow(/^GET \/api\/v1\/nodes: connect ECONNREFUSED/)
  })

  test('that waited for a connection beyond its last moment is not sent', async () => {
    const seen: string[] = []
    const held: (() => void)[] = []
    const server = await serving((request, response) => {
      seen.push(request.url ?? '')
      held.push(() => response.end('{}'))
    })
    const transport = over(server)
    const soon = (ms: number) => mono(performance.now() + ms)
    const patch = (path: string, notAfter: ReturnType<typeof soon>) =>
      transport.request({ ...get({ method: 'PATCH', path, lane: 'Lease' }), body: {}, notAfter })
    const first = transport.request(get({ path: '/first', lane: 'Lease' }))
    await expect.poll(() => held.length).toBe(1)
    const late = patch('/late', soon(20))
    late.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 40))
    held[0]?.()
    await first
    await expect(late).rejects.toThrow(UnavailableError)
    await expect(late).rejects.toThrow(/waited \d+ ms too long and was not sent/)
    const third = patch('/in-time', soon(5_000))
    await expect.poll(() => held.length).toBe(2)
    held[1]?.()
    expect((await third).status).toBe(200)
    expect(seen).toEqual(['/first', '/in-time'])
  })

  test('to a name that nobody knows was never sent', async () => {
    const transport = new UndiciTransport({ access: access('http://nobody.invalid'), clock, version: '0' })
    await expect(transport.request(get())).rejects.toThrow(UnavailableError)
  })

  test('whose connection breaks has an unknown outcome', async () => {
    const server = await serving((request) => request.socket.destroy())
    await expect(over(server).request(get())).rejects.toThrow(TimeoutError)
  })

  test('whose answer breaks off has an unknown outcome', async () => {
    const server = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a":')
      setTimeout(() => response.socket?.destroy(), 10)
    })
    await expect(over(server).request(get())).rejects.toThrow(TimeoutError)
  })

  test('that is not answered in time has an unknown outcome', async () => {
    const server = await serving(() => {})
    await expect(over(server).request(get({ timeoutMs: 50 }))).rejects.toThrow(TimeoutError)
    await expect(over(server).request(get({ timeoutMs: 50 }))).rejects.toThrow(/no answer within 50 ms/)
  })

  test('that is answered drop by drop is not answered in time either', async () => {
    const server = await serving((_request, response) => {
      const timer = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(timer))
    })
    await expect(over(server).request(get({ timeoutMs: 100 }))).rejects.toThrow(/no answer within 100 ms/)
  })

  test('for the lease is not held up by any number of others', async () => {
    const server = await serving((request, response) => void (request.url === '/lease' && response.end('{}')))
    const transport = over(server)
    const others = Array.from({ length: 64 }, () => transport.request(get({ timeoutMs: 400 })).catch(() => 'late'))
    expect(await transport.request(get({ path: '/lease', lane: 'Lease', timeoutMs: 300 }))).toMatchObject({
      status: 200,
    })
    expect(new Set(await Promise.all(others))).toEqual(new Set(['late']))
  })

  test('keeps its connection between two renewals', async () => {
    const server = await serving((_request, response) => response.end('{}'))
    const transport = over(server)
    await transport.request(get({ lane: 'Lease' }))
    await transport.request(get({ lane: 'Lease' }))
    expect(server.connections()).toBe(1)
  })
})

describe('a watch', () => {
  test('gives its events as they come, and ends as the server ends it', async () => {
    const server = await serving((_request, response) => {
      response.write('{"type":"ADDED"}\n{"type":"MODI')
      setTimeout(() => response.end('FIED"}\n'), 20)
    })
    const { status, events } = await over(server).stream(get(), new AbortController().signal)
    expect(status).toBe(200)
    expect(await Array.fromAsync(events)).toEqual([{ type: 'ADDED' }, { type: 'MODIFIED' }])
  })

  test('may be silent for as long as it likes: the time to open it is no time to live', async () => {
    const server = await serving((_request, response) => {
      response.writeHead(200).flushHeaders()
      setTimeout(() => response.end('1\n'), 300)
    })
    const { events } = await over(server).stream(get({ timeoutMs: 100 }), new AbortController().signal)
    expect(await Array.fromAsync(events)).toEqual([1])
  })

  test('that is refused says why, and has no events', async () => {
    const server = await serving((_request, response) => response.writeHead(410).end('{"reason":"Expired"}'))
    const { status, body, events } = await over(server).stream(get(), new AbortController().signal)
    expect({ status, body, events: await Array.fromAsync(events) }).toEqual({
      status: 410,
      body: { reason: 'Expired' },
      events: [],
    })
  })

  test('whose connection breaks throws', async () => {
    const server = await serving((_request, response) => {
      response.write('1\n')
      setTimeout(() => response.socket?.destroy(), 20)
    })
    const { events } = await over(server).stream(get(), new AbortController().signal)
    await expect(Array.fromAsync(events)).rejects.toThrow(TimeoutError)
  })

  test('ends quietly when it is told to, and lets its connection go', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await serving((_request, response) => {
      response.on('close', closed.resolve)
      response.write('1\n')
    })
    const stop = new AbortController()
    const { events } = await over(server).stream(get(), stop.signal)
    const seen: unknown[] = []
    for await (const event of events) {
      seen.push(event)
      stop.abort()
    }
    await closed.promise
    expect(seen).toEqual([1])
  })

  test('that is not answered in time is given up', async () => {
    const server = await serving(() => {})
    await expect(over(server).stream(get({ timeoutMs: 50 }), new AbortController().signal)).rejects.toThrow(
      TimeoutError,
    )
  })
})

describe('TLS', () => {
  test('HTTP/2 is never spoken, even to a server that offers it', async () => {
    const server = createSecureServer(
      { cert: first.certificate, key: first.key, allowHTTP1: true },
      (request, response) => {
        response.end(JSON.stringify({ version: request.httpVersion }))
      },
    )
    const port = await portOf(server)
    opened.push({ close: async () => server.close() })
    const transport = connect(`https://127.0.0.1:${port}`, { tls: trusting(first.certificate) })
    expect((await transport.request(get())).body).toEqual({ version: '1.1' })
  })

  test('a server that nobody vouches for gets nothing', async () => {
    const requests: unknown[] = []
    const server = await serving((request) => void requests.push(request), second)
    const transport = over(server, { tls: trusting(first.certificate) })
    await expect(transport.request(get())).rejects.toThrow(UnavailableError)
    expect(requests).toEqual([])
  })

  test('a client shows its certificate', async () => {
    const server = await serving((_request, response) => response.end('{}'), {
      ...first,
      clientAuthority: second.certificate,
    })
    const client = { certificate: inline(second.certificate), key: inline(second.key) }
    expect(await over(server, { tls: { ...trusting(first.certificate), client } }).request(get())).toMatchObject({
      status: 200,
    })
    await expect(over(server, { tls: trusting(first.certificate) }).request(get())).rejects.toThrow(/GET/)
  })

  test('something that speaks no TLS was sent nothing', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).end('hello\n'))
    const port = await portOf(server)
    opened.push({ close: async () => server.close() })
    await expect(connect(`https://127.0.0.1:${port}`).request(get())).rejects.toThrow(UnavailableError)
  })
})

type Serving = Parameters<typeof listen>

async function serving(...given: Serving) {
  const server = await listen(...given)
  opened.push(server)
  return server
}

interface Differs {
  readonly credential?: ClusterAccess['credential']
  readonly tls?: TlsAccess
}

const over = ({ port }: { readonly port: number }, differs: Differs = {}, prefix = ''): UndiciTransport =>
  connect(`${differs.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${prefix}`, differs)

function connect(server: string, differs: Differs = {}): UndiciTransport {
  const transport = new UndiciTransport({
    access: { ...access(server), ...differs },
    clock,
    version: '1.2.3',
  })
  opened.push(transport)
  return transport
}

const access = (server: string): ClusterAccess => ({
  server,
  tls: { authority: undefined, client: undefined, serverName: undefined, verifies: true },
  credential: { kind: 'None' },
  namespace: 'default',
})

const clock = { now: () => instant(Date.now()), mono: () => mono(performance.now()) }

const inline = (text: string) => ({ kind: 'Inline', text }) as const

const trusting = (certificate: string): TlsAccess => ({
  authority: inline(certificate),
  client: undefined,
  serverName: undefined,
  verifies: true,
})

const get = (differs: Partial<TransportRequest> = {}): TransportRequest => ({
  method: 'GET',
  path: '/api/v1/nodes',
  timeoutMs: 5_000,
  lane: 'Request',
  ...differs,
})
