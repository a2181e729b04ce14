import { expect, test } from 'vitest'
import { healthKind } from '../api/v1alpha1/node-health.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { leaveSilentProviders } from './silent-providers.ts'
import { FakeWatched } from './watched.fixture.ts'

const minute = 60_000

function bed(reasons: readonly string[] = ['ProviderUnavailable']) {
  const clock = new FakeClock()
  const health = new FakeWatched(healthKind, {})
  const gates = reasons.map((reason) => ({ gate: 'ProviderReady', result: 'Unknown', reason }))
  health.put({ metadata: { name: 'node-1', uid: 'h-1' }, status: { gates } })
  const seen = { stoodBack: [] as number[], told: [] as string[], leads: true, hears: false }
  const stop = new AbortController()
  const done = leaveSilentProviders(
    {
      clock,
      health,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      events: { record: ({ note }) => void seen.told.push(note) },
      leadership: {
        remainingMs: () => (seen.leads ? 10_000 : 0),
        standBack: async () => void seen.stoodBack.push(clock.mono()),
      },
      providers: { hearsAny: () => seen.hears },
    },
    stop.signal,
  )
  const end = async (): Promise<void> => {
    stop.abort()
    await done
  }
  return { clock, seen, end }
}

test('a leader that reaches no provider lets another replica try', async () => {
  const { clock, seen, end } = bed()
  await clock.advance(1.5 * minute)
  expect(seen.stoodBack).toHaveLength(0)
  await clock.advance(minute)
  expect(seen.stoodBack).toHaveLength(1)
  await end()
})

test('what is silent for everybody does not send the lease round and round, and people are told once', async () => {
  const { clock, seen, end } = bed()
  await clock.advance(31 * minute)
  expect(seen.stoodBack).toHaveLength(1)
  expect(seen.told).toHaveLength(1)
  await clock.advance(3 * minute)
  expect(seen.stoodBack).toHaveLength(2)
  await end()
})

test('patience begins anew with every term', async () => {
  const { clock, seen, end } = bed()
  await clock.advance(1.5 * minute)
  seen.leads = false
  await clock.advance(minute)
  seen.leads = true
  await clock.advance(1.5 * minute)
  expect(seen.stoodBack).toHaveLength(0)
  await end()
})

test('where one BMC answers the road is there, and another one is dead', async () => {
  const { clock, seen, end } = bed()
  seen.hears = true
  await clock.advance(10 * minute)
  expect(seen.stoodBack).toHaveLength(0)
  await end()
})

test('the window of a node may be shorter than the patience: whether it is open is not asked', async () => {
  const { clock, seen, end } = bed(['OutsideWindow', 'ProviderUnavailable'])
  await clock.advance(2.5 * minute)
  expect(seen.stoodBack).toHaveLength(1)
  await end()
  const closed = bed(['OutsideWindow'])
  await closed.clock.advance(10 * minute)
  expect(closed.seen.stoodBack).toHaveLength(0)
  await closed.end()
})

test('a node that something else holds as well gains nothing from another leader', async () => {
  const { clock, seen, end } = bed(['ProviderUnavailable', 'PolicyPaused'])
  await clock.advance(10 * minute)
  expect(seen.stoodBack).toHaveLength(0)
  await end()
})
