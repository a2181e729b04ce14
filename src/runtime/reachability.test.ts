import { expect, test } from 'vitest'
import { TimeoutError, UnavailableError } from '../ports/errors.ts'
import { Complaint } from './complaint.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { FakeTransport, ok } from './fake-transport.fixture.ts'
import { announced } from './reachability.ts'

const request = { method: 'GET', path: '/api/v1/nodes', timeoutMs: 1_000, lane: 'Request' } as const

test('one outage is said once, however many meet it, and its end once', async () => {
  const [log, server] = [new FakeLog(), new FakeTransport()]
  let isDown = true
  const transport = announced(
    {
      stream: server.stream,
      request: async () => {
        if (isDown) throw new UnavailableError('connection refused')
        return ok({})
      },
    },
    log,
  )
  for (const waiting of [1, 2, 3]) {
    const complaint = new Complaint(log)
    await transport
      .request(request)
      .catch((error: unknown) => complaint.about(`watch ${waiting} is interrupted`, error))
  }
  isDown = false
  await transport.request(request)
  await transport.request(request)
  expect(log.lines.map(({ text }) => text)).toEqual([
    'API server cannot be reached, waiting for it',
    'API server answers again',
  ])
})

test('an answer that never came is no outage of this kind: the complaint is made', async () => {
  const [log, server] = [new FakeLog(), new FakeTransport()]
  const lost = async (): Promise<never> => await Promise.reject(new TimeoutError('no answer'))
  const transport = announced({ stream: server.stream, request: lost }, log)
  const complaint = new Complaint(log)
  await transport.request(request).catch((error: unknown) => complaint.about('the watch is interrupted', error))
  expect(log.lines.map(({ text }) => text)).toEqual(['the watch is interrupted'])
})
