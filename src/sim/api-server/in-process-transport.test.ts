import { expect, test } from 'vitest'
import { at, textAt } from '../../kernel/json.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { inProcessTransport } from './in-process-transport.ts'
import { serverFixture } from './server.fixture.ts'

const request = (path: string, more: Partial<TransportRequest> = {}): TransportRequest => ({
  method: 'GET',
  path,
  timeoutMs: 1_000,
  lane: 'Request',
  ...more,
})

test('answers whatever the status', async () => {
  const { server } = serverFixture()
  const { request: send } = inProcessTransport(server)
  expect((await send(request('/api/v1/nodes'))).status).toBe(200)
  expect((await send(request('/api/v1/nodes/none'))).status).toBe(404)
  expect((await send(request('/api/v1/nodes', { method: 'POST', body: { metadata: { name: 'a' } } }))).status).toBe(201)
})

test('acts as the user it was made for', async () => {
  const { server } = serverFixture()
  const users: string[] = []
  server.onChange(({ request: { user } }) => users.push(user))
  await inProcessTransport(server, 'anna').request(
    request('/api/v1/nodes', { method: 'POST', body: { metadata: { name: 'a' } } }),
  )
  expect(users).toEqual(['anna'])
})

test('streams what happens until the signal says stop, and what was buffered is not lost', async () => {
  const { server, world } = serverFixture()
  const stop = new AbortController()
  const stream = await inProcessTransport(server).stream(
    request('/api/v1/nodes', { query: { watch: 'true' } }),
    stop.signal,
  )
  for (const name of ['a', 'b']) world.create('nodes', { metadata: { name } })
  const seen: unknown[] = []
  for await (const event of stream.events) {
    seen.push([at(event, 'type'), textAt(event, 'object', 'metadata', 'name')])
    if (seen.length === 2) stop.abort()
  }
  expect(seen).toEqual([
    ['ADDED', 'a'],
    ['ADDED', 'b'],
  ])
  world.create('nodes', { metadata: { name: 'c' } })
  expect(seen).toHaveLength(2)
})

test('a stream that nobody reads any more is no longer fed', async () => {
  const { server, world } = serverFixture()
  const stream = await inProcessTransport(server).stream(
    request('/api/v1/nodes', { query: { watch: 'true' } }),
    new AbortController().signal,
  )
  world.create('nodes', { metadata: { name: 'a' } })
  for await (const event of stream.events) {
    expect(at(event, 'type')).toBe('ADDED')
    break
  }
  expect(server.watchCount).toBe(0)
})

test('a watch that is refused has no events', async () => {
  const { server } = serverFixture()
  const stream = await inProcessTransport(server).stream(request('/api/v1/none'), new AbortController().signal)
  expect(stream.status).toBe(404)
  for await (const event of stream.events) expect(event).toBe('nothing')
})
