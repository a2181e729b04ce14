import { expect, test } from 'vitest'
import { leaseKind } from '../src/api/core/kinds.ts'
import { startOperator } from '../src/controllers/operator.ts'
import { BrokenInvariantError } from '../src/kernel/assert.ts'
import { recordingEffects } from '../src/runtime/effects.fixture.ts'
import { FakeClock } from '../src/runtime/fake-clock.fixture.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { ApiServer } from '../src/sim/api-server/api-server.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'

test('an operator that is told to stop gives its lease back, so that the next one leads at once', async () => {
  const [clock, stop] = [new FakeClock(), new AbortController()]
  const server = new ApiServer({ now: clock.now })
  const holder = (): readonly string[] =>
    server.stored('leases.coordination.k8s.io', 'default').map((raw) => leaseKind.project(raw).holderIdentity)
  const operator = startOperator(
    {
      clock,
      transport: inProcessTransport(server),
      power: recordingEffects().effects.power,
      alerts: [],
      log: new FakeLog(),
      journal: { append: () => {} },
    },
    {
      identity: 'prunella-0',
      seed: 1,
      namespace: 'default',
      nodeJobImage: 'registry.example/node-job@sha256:0',
      alertPollSeconds: 15,
      powerGuardGapSeconds: 30,
    },
    stop.signal,
  )
  await clock.advance(10_000)
  expect(holder()).toEqual(['prunella-0'])
  stop.abort()
  await clock.advance(0)
  await operator.done
  expect(holder()).toEqual([''])
})

test('an operator that is wrong stops whole: no part of it goes on to hold the lease', async () => {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const server = new ApiServer({ now: clock.now })
  const wrong = (text: string): void => {
    if (text === 'watching is interrupted') throw new BrokenInvariantError('two leaders')
  }
  const operator = startOperator(
    {
      clock,
      transport: inProcessTransport(server),
      power: recordingEffects().effects.power,
      alerts: [],
      log: { info: log.info, warn: wrong, error: log.error },
      journal: { append: () => {} },
    },
    {
      identity: 'prunella-0',
      seed: 1,
      namespace: 'default',
      nodeJobImage: 'registry.example/node-job@sha256:0',
      alertPollSeconds: 15,
      powerGuardGapSeconds: 30,
    },
    new AbortController().signal,
  )
  await Promise.all([expect(operator.done).rejects.toThrow(BrokenInvariantError), clock.advance(1_000)])
  await clock.advance(60_000)
  expect(operator.leadership.remainingMs()).toBeLessThanOrEqual(0)
})
