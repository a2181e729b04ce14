import { array, assert, integer, ipV4, ipV6, nat, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { hostAddress, withoutPort } from './host-address.ts'

test.each([
  ['10.0.3.17:9100', '10.0.3.17'],
  ['10.0.3.17', '10.0.3.17'],
  ['[fd00::3:17]:9100', 'fd00::3:17'],
  ['[fd00::3:17]', 'fd00::3:17'],
  ['fd00::3:17', 'fd00::3:17'],
  ['node-2.rack-a:9100', 'node-2.rack-a'],
  ['node-2', 'node-2'],
  ['https://node-2:9100/metrics', 'https://node-2:9100/metrics'],
])('%s without its port is %s', (text, host) => {
  expect(withoutPort(text)).toBe(host)
})

test.each([
  ['10.0.3.17', '10.0.3.17'],
  ['FD00:0:0::3:0017', 'fd00::3:17'],
  ['::ffff:10.0.3.17', '10.0.3.17'],
  ['Node-2.Rack-A', 'node-2.rack-a'],
])('%s is compared as %s', (text, known) => {
  expect(hostAddress(text)).toBe(known)
})

test.each([
  'localhost',
  'LOCALHOST.localdomain',
  '127.0.0.1',
  '127.8.8.8',
  '0.0.0.0',
  '169.254.20.10',
  '::1',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  '::ffff:127.0.0.1',
])('%s means another machine to each who says it', (text) => {
  expect(hostAddress(text)).toBeUndefined()
})

test.each(['010.0.3.17', '10.0.3.256', '10.0.3', '1', 'https://node-2/metrics', 'fd00::1::2', 'fd00::1]@[::2', ''])(
  '%j is no address, and none is guessed',
  (text) => {
    expect(hostAddress(text)).toBeUndefined()
  },
)

test('whatever the text, one spelling is one address, with a port and without', () => {
  assert(
    property(ipV4(), integer({ min: 1, max: 65_535 }), (address, port) => {
      expect(hostAddress(withoutPort(`${address}:${port}`))).toBe(hostAddress(address))
    }),
  )
  assert(
    property(ipV6(), nat(65_535), (address, port) => {
      const known = hostAddress(address)
      expect(hostAddress(withoutPort(`[${address.toUpperCase()}]:${port}`))).toBe(known)
      expect(hostAddress(known ?? '')).toBe(known)
    }),
  )
  assert(property(array(string()), (texts) => texts.forEach((text) => hostAddress(withoutPort(text)))))
})
