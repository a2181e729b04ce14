import { expect, test } from 'vitest'
import { Prng } from '../kernel/prng.ts'
import { mono } from '../kernel/time.ts'
import { UnavailableError } from '../ports/errors.ts'
import type { TransportRequest } from '../ports/transport.ts'
import { FakeClock, settled } from './fake-clock.fixture.ts'
import { FakeTransport, failed, ok } from './fake-transport.fixture.ts'
import { paced, WriteBudget } from './write-budget.ts'

const write: TransportRequest = { method: 'PATCH', path: '/x', body: {}, timeoutMs: 5_000, lane: 'Request' }

test('a burst goes out at once, and what is more at the steady rate', async () => {
  const { clock, send, wire } = pacing()
  for (let count = 0; count < 30; count += 1) void send(write)
  await settled()
  expect(wire.requests).toHaveLength(5)
  await clock.advance(1_000)
  expect(wire.requests).toHaveLength(15)
  await clock.advance(1_500)
  expect(wire.requests).toHaveLength(30)
})

test('reads and the renewal of the lease never wait', async () => {
  const { send, wire } = pacing()
  for (let count = 0; count < 20; count += 1) void send(write)
  for (let count = 0; count < 20; count += 1) void send({ ...write, method: 'GET' })
  void send({ ...write, lane: 'Lease' })
  await settled()
  expect(wire.requests).toHaveLength(5 + 20 + 1)
})

test('who is asked for patience rests for as long as it was asked, with everybody else', async () => {
  const { clock, send, wire } = pacing()
  wire.respond = () => failed(429, { reason: 'TooManyRequests', headers: { 'retry-after': '4' } })
  await send(write)
  wire.respond = () => ok({})
  void send(write)
  void send(write)
  await clock.advance(3_900)
  expect(wire.requests).toHaveLength(1)
  await clock.advance(1_200)
  expect(wire.requests).toHaveLength(3)
})

test('a disruption budget that refuses one pod slows nobody down', async () => {
  const { send, wire } = pacing()
  wire.respond = () => failed(429, { details: { causes: [{ reason: 'DisruptionBudget' }] } })
  await send(write)
  await send(write)
  expect(wire.requests).toHaveLength(2)
})

test('an effect whose last moment passes while it waits is not sent', async () => {
  const { clock, send, wire } = pacing()
  for (let count = 0; count < 15; count += 1) void send(write)
  const late = send({ ...write, notAfter: mono(clock.mono() + 500) })
  await Promise.all([expect(late).rejects.toThrow(UnavailableError), clock.advance(5_000)])
  expect(wire.requests).toHaveLength(15)
})

test('what would be sent too late takes nobody else the turn', async () => {
  const { clock, send, wire } = pacing()
  const until = (ms: number) => ({ ...write, notAfter: mono(clock.mono() + ms) })
  const late = Array.from({ length: 200 }, async () => await send(until(1_000)).then(() => 'sent', String))
  const patient = send(until(3_000))
  await clock.advance(3_000)
  await patient
  expect((await Promise.all(late)).filter((outcome) => outcome === 'sent')).toHaveLength(wire.requests.length - 1)
})

test('many who never have time enough do not keep each other from writing for ever', async () => {
  const { clock, send, wire } = pacing()
  const worker = async (): Promise<void> => {
    for (;;) {
      await send({ ...write, notAfter: mono(clock.mono() + 2_000) }).catch(() => {})
      await clock.sleep(100)
    }
  }
  for (let count = 0; count < 100; count += 1) void worker()
  await clock.advance(10_000)
  const before = wire.requests.length
  await clock.advance(10_000)
  expect(wire.requests.length - before).toBeGreaterThan(90)
})

function pacing() {
  const [clock, wire] = [new FakeClock(), new FakeTransport()]
  wire.respond = () => ok({})
  const budget = new WriteBudget({ clock, prng: new Prng(1) }, { perSecond: 10, burst: 5 })
  return { clock, wire, send: paced(wire, budget).request }
}
