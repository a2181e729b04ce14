import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { RefusedError, UnavailableError } from '../../ports/errors.ts'
import type { RedfishTrust } from '../../ports/power.ts'
import { BmcNetworks } from '../bmc-networks.ts'
import { first, second } from '../loopback-certificates.fixture.ts'
import { closeBenches, openBench, sha256Of } from './bench.fixture.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(closeBenches)
afterAll(() => vi.resetConfig())

test.each<[string, RedfishTrust]>([
  ['its very certificate', { certificateSHA256: sha256Of(first) }],
  ['an authority that vouches for it', { authorities: first.certificate }],
  ['one of two authorities', { authorities: second.certificate + first.certificate }],
  ['both', { certificateSHA256: sha256Of(first), authorities: first.certificate }],
])('a BMC is trusted by %s', async (_, trust) => {
  const { power, access } = await openBench()
  expect(await power.read({ ...access, trust })).toMatchObject({ power: 'On' })
})

test.each<[string, RedfishTrust, string]>([
  [
    'another certificate',
    { certificateSHA256: sha256Of(second) },
    `shows a certificate with SHA-256 ${sha256Of(first)}`,
  ],
  ['another authority', { authorities: second.certificate }, '`ca.crt` of its Secret does not vouch'],
  ['no authority', { authorities: 'no PEM' }, '`ca.crt` of its Secret'],
  [
    'another certificate of the right authority',
    { certificateSHA256: sha256Of(second), authorities: first.certificate },
    'which is not `certificateSHA256` of its Secret',
  ],
  ['nobody', {}, 'which is not `certificateSHA256` of its Secret'],
])('a BMC that is trusted by %s is told nothing', async (_, trust, message) => {
  const { service, power, access } = await openBench()
  const failure = power.turnOff({ ...access, trust })
  await expect(failure).rejects.toThrow(RefusedError)
  await expect(failure).rejects.toThrow(message)
  await expect(failure).rejects.toMatchObject({ reason: 'Certificate' })
  expect(service.asked).toEqual([])
})

test('a certificate that is made out to another name is not the one of this BMC', async () => {
  const networks = new BmcNetworks(['127.0.0.0/8'], { lookup: async () => ['127.0.0.1'] })
  const { service, power, access } = await openBench({ networks })
  const trust = { authorities: first.certificate }
  await expect(power.read({ ...access, address: 'bmc-1.example', trust })).rejects.toThrow(
    'ERR_TLS_CERT_ALTNAME_INVALID',
  )
  expect(service.asked).toEqual([])
  expect(await power.read({ ...access, address: 'localhost', trust })).toMatchObject({ power: 'On' })
})

test('a certificate that was replaced while we were connected is noticed at the next connection', async () => {
  const { service, power, access } = await openBench()
  await power.read(access)
  service.present(second)
  // The connection of before may be noticed as broken only when it is used.
  const failureOf = async () => await power.turnOff(access).catch((error: unknown) => error)
  await expect.poll(failureOf).toMatchObject({ reason: 'Certificate' })
  expect(service.orders).toEqual([])
})

test('a BMC outside of the networks is not connected to', async () => {
  const { service, power, access } = await openBench({ networks: new BmcNetworks(['10.0.0.0/8']) })
  await expect(power.read(access)).rejects.toThrow('lies outside of `bmcNetworks`: 10.0.0.0/8')
  expect(service.connections).toBe(0)
})

test('a BMC that is not there is unavailable, and one without TLS is refused', async () => {
  const { service, power, access } = await openBench()
  const plain = createServer().listen(0, '127.0.0.1')
  await once(plain, 'listening')
  const address = plain.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(power.read({ ...access, port })).rejects.toThrow('speaks no TLS that we accept')
  plain.close()
  await once(plain, 'close')
  const failure = power.turnOff({ ...access, port })
  await expect(failure).rejects.toThrow(UnavailableError)
  await expect(failure).rejects.toThrow('ECONNREFUSED')
  expect(service.asked).toEqual([])
})
