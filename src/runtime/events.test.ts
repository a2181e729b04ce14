import { expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import { textAt } from '../kernel/json.ts'
import type { TransportResponse } from '../ports/transport.ts'
import { clusterOver } from './client.ts'
import { Events, type NewEvent } from './events.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { FakeTransport, failed, ok } from './fake-transport.fixture.ts'

test('an event says what, about whom, by whom and when', async () => {
  const { clock, events, bodies } = recording()
  events.record(event({ related: { name: 'node-2', uid: 'u2' } }))
  await clock.advance(0)
  expect(bodies()).toEqual([
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: 'default', name: expect.stringMatching(/^node-1\.[a-z0-9]{10}$/) },
      regarding: { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'u1', resourceVersion: '5' },
      related: { apiVersion: 'v1', kind: 'Node', name: 'node-2', uid: 'u2' },
      type: 'Normal',
      reason: 'Cordoned',
      action: 'Remediate',
      note: 'cordoned node-1',
      eventTime: '2026-11-21T10:00:00.000000Z',
      reportingController: 'prunella.dev/operator',
      reportingInstance: 'prunella-0',
    },
  ])
})

test('what is said again and again is one event with a count, written once a minute', async () => {
  const { clock, events, transport, bodies } = recording()
  for (let second = 0; second < 180; second += 1) {
    events.record(event())
    await clock.advance(1_000)
  }
  expect(transport.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH'])
  expect(bodies().at(-1)).toMatchObject({ series: { count: expect.any(Number) }, metadata: { resourceVersion: '1' } })
  await clock.advance(60_000)
  expect(bodies().at(-1)).toMatchObject({ series: { count: 180, lastObservedTime: '2026-11-21T10:02:59.000000Z' } })
})

test('the same words long after are a new event', async () => {
  const { clock, events, transport } = recording()
  events.record(event())
  await clock.advance(361_000)
  events.record(event())
  await clock.advance(0)
  expect(transport.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
})

test('a create whose answer was lost is not made twice', async () => {
  const { clock, events, transport } = recording()
  transport.respond = () => failed(504)
  events.record(event())
  await clock.advance(0)
  transport.respond = () => failed(409, { reason: 'AlreadyExists' })
  await clock.advance(120_000)
  const names = transport.requests.map(({ body }) => JSON.stringify(body))
  expect(names.length).toBeGreaterThan(1)
  expect(new Set(names).size).toBe(1)
  expect(events.lost).toBe(0)
})

test('what cannot be written is lost and counted, said once, and holds up nobody', async () => {
  const { clock, events, transport, log } = recording()
  transport.respond = () => failed(403, { reason: 'Forbidden', message: 'no' })
  for (let index = 0; index < 20; index += 1) events.record(event({ note: `note ${index}` }))
  await clock.advance(60_000)
  expect(events.lost).toBe(20)
  expect(transport.requests).toHaveLength(20)
  expect(log.lines.length).toBeLessThanOrEqual(20)
})

test('a busy API server is left alone for as long as it asks', async () => {
  const { clock, events, transport } = recording()
  const busy = failed(429, { reason: 'TooManyRequests', message: 'busy' })
  transport.respond = () => ({ ...busy, headers: { 'retry-after': '20' } })
  events.record(event())
  await clock.advance(19_000)
  expect(transport.requests).toHaveLength(1)
  await clock.advance(30_000)
  expect(transport.requests.length).toBeGreaterThan(1)
})

test('however much is said, memory is bounded and so is the load', async () => {
  const { clock, events, transport } = recording()
  for (let index = 0; index < 5_000; index += 1) events.record(event({ note: `note ${index}` }))
  expect(events.lost).toBe(4_000)
  await clock.advance(10_000)
  expect(transport.requests.length).toBeLessThanOrEqual(101)
})

test.each(['x'.repeat(3_000), '✓'.repeat(1_000), '\u001b[2J'.repeat(400)])(
  'a note has 1,024 bytes at most',
  async (note) => {
    const { clock, events, transport } = recording()
    events.record(event({ note }))
    await clock.advance(0)
    const written = textAt(transport.requests[0]?.body, 'note') ?? ''
    expect(written).not.toBe('')
    expect(new TextEncoder().encode(written).length).toBeLessThanOrEqual(1_024)
    expect(written).not.toContain('\u001b')
  },
)

const event = (differs: Partial<NewEvent> = {}): NewEvent => ({
  regarding: {
    kind: nodeKind,
    object: nodeKind.project({ metadata: { name: 'node-1', uid: 'u1', resourceVersion: '5' } }),
  },
  type: 'Normal',
  reason: 'Cordoned',
  note: 'cordoned node-1',
  action: 'Remediate',
  ...differs,
})

function recording() {
  const [clock, transport, log] = [new FakeClock(), new FakeTransport(), new FakeLog()]
  const stored: TransportResponse = ok({
    metadata: { name: 'node-1.stored', namespace: 'default', resourceVersion: '1' },
  })
  transport.respond = () => stored
  const ports = { clock, log, cluster: clusterOver(transport) }
  const events = new Events(ports, { reportingController: 'prunella.dev/operator', reportingInstance: 'prunella-0' })
  void events.run(new AbortController().signal)
  return { clock, transport, log, events, bodies: () => transport.requests.map(({ body }) => body) }
}
