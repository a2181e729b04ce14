import { expect, test } from 'vitest'
import { RefusedError, UnavailableError } from '../ports/errors.ts'
import { BmcNetworks } from './bmc-networks.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  'bmc-1.example': ['10.1.3.17'],
  'both.example': ['203.0.113.7', '10.1.3.18'],
  'elsewhere.example': ['203.0.113.7', '169.254.169.254'],
  // what a resolver of libc makes of it
  '127.1': ['127.0.0.1'],
}
const networks = new BmcNetworks(['10.1.0.0/16', 'fd00:b::/64'], {
  lookup: async (name) => names[name] ?? (await Promise.reject(new Error('ENOTFOUND'))),
})

test.each([
  ['10.1.3.17', '10.1.3.17'],
  ['fd00:b::17', 'fd00:b::17'],
  ['::ffff:10.1.3.17', '::ffff:10.1.3.17'],
  ['bmc-1.example', '10.1.3.17'],
  ['both.example', '10.1.3.18'],
])('%s is reached at %s', async (address, ip) => {
  expect(await networks.resolve(address)).toBe(ip)
})

test.each(['10.2.0.1', '169.254.169.254', '::ffff:10.2.0.1', 'fd00:c::1', '::1', 'elsewhere.example', '127.1'])(
  '%s lies outside',
  async (address) => {
    const failure = networks.resolve(address)
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.toThrow('lies outside of `bmcNetworks`: 10.1.0.0/16, fd00:b::/64')
  },
)

test('a name that nobody knows may be known later', async () => {
  await expect(networks.resolve('absent.example')).rejects.toThrow(UnavailableError)
})

test('a resolver that does not answer is not waited for', async () => {
  const silent = new BmcNetworks(['10.0.0.0/8'], { lookup: async () => await new Promise(() => {}), lookupMsMax: 20 })
  await expect(silent.resolve('bmc-1.example')).rejects.toThrow('cannot be resolved')
})
