import { expect, test } from 'vitest'
import { RefusedError, TimeoutError } from '../ports/errors.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { Providers } from './providers.ts'

const entries = { address: '10.1.3.17', username: 'u', password: 'p' }
const encoded = Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, btoa(value)]))

function bed({ forbidden = false, silent = false } = {}) {
  const clock = new FakeClock()
  const asked: string[] = []
  const told: string[] = []
  const providers = new Providers({
    clock,
    namespace: 'prunella-system',
    reader: {
      get: async (kind) => {
        if (forbidden) throw new RefusedError('forbidden', { status: 403, reason: 'Forbidden' })
        return kind.project({ metadata: { name: 'bmc-node-1', namespace: 'prunella-system' }, data: encoded })
      },
      list: async () => [],
    },
    power: {
      read: async ({ address }) => {
        asked.push(address)
        if (silent) throw new TimeoutError('no answer')
        return { power: 'On', systemUUID: 'uuid-1' }
      },
    },
  })
  providers.onAnswer((nodeName) => told.push(nodeName))
  return { clock, providers, asked, told }
}

test('nobody waits: the answer comes later, and wakes', async () => {
  const { clock, providers, told } = bed()
  providers.ask('node-1')
  expect(providers.power('node-1')).toEqual({ kind: 'NotAsked' })
  await clock.advance(0)
  expect(told).toEqual(['node-1'])
  expect(providers.power('node-1')).toMatchObject({ kind: 'Known', power: 'On', systemUUID: 'uuid-1' })
})

test('a BMC is asked every half minute at most, and its last answer stands until the next one comes', async () => {
  const { clock, providers, asked } = bed()
  for (let second = 0; second < 60; second += 10) {
    providers.ask('node-1')
    expect(providers.power('node-1').kind).toBe(second === 0 ? 'NotAsked' : 'Known')
    await clock.advance(10_000)
  }
  expect(asked).toHaveLength(2)
})

test('an answer that nobody renews holds for three quarters of a minute', async () => {
  const { clock, providers } = bed()
  providers.ask('node-1')
  await clock.advance(44_000)
  expect(providers.power('node-1').kind).toBe('Known')
  await clock.advance(1_000)
  expect(providers.power('node-1')).toEqual({ kind: 'NotAsked' })
})

test('a BMC that is silent, and a mapping that may not be read, are answers', async () => {
  const silent = bed({ silent: true })
  silent.providers.ask('node-1')
  await silent.clock.advance(0)
  expect(silent.providers.power('node-1')).toMatchObject({ kind: 'Unavailable' })
  const forbidden = bed({ forbidden: true })
  forbidden.providers.ask('node-1')
  await forbidden.clock.advance(0)
  expect(forbidden.providers.power('node-1')).toMatchObject({ kind: 'Forbidden' })
})

test('whether any BMC answers, for as long as an answer holds', async () => {
  const { clock, providers } = bed()
  expect(providers.hearsAny()).toBe(false)
  providers.ask('node-1')
  await clock.advance(0)
  expect(providers.hearsAny()).toBe(true)
  await clock.advance(45_000)
  expect(providers.hearsAny()).toBe(false)
})

test('a BMC that is silent is not heard', async () => {
  const { clock, providers } = bed({ silent: true })
  providers.ask('node-1')
  await clock.advance(0)
  expect(providers.hearsAny()).toBe(false)
})
