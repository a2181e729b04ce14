import { expect, test } from 'vitest'
import { type BmcAccess, type Power, UnsettledError } from '../ports/power.ts'
import { type PowerOrder, readPower, switchPower } from './node-power.ts'

const entries = { address: '10.1.3.17', username: 'u', password: 'p', systemUUID: 'UUID-1' }

/** One node with its Secret, whose entries a test changes, and a BMC that keeps what it was told. */
function bed() {
  const stored: { entries: Readonly<Record<string, string>> | undefined } = { entries }
  const told: (readonly [string, BmcAccess])[] = []
  const power: Power = {
    read: async () => ({ power: 'On', systemUUID: 'uuid-1' }),
    turnOff: async (access) => void told.push(['TurnOff', access]),
    turnOn: async (access) => void told.push(['TurnOn', access]),
  }
  const ports = {
    namespace: 'prunella-system',
    reader: {
      get: async (kind, ref) => {
        if (stored.entries === undefined) return undefined
        const encoded = Object.fromEntries(Object.entries(stored.entries).map(([key, value]) => [key, btoa(value)]))
        return kind.project({ metadata: { ...ref }, data: encoded })
      },
      list: async () => [],
    },
  } satisfies Parameters<typeof switchPower>[0]
  const order = async (kind: PowerOrder['kind']): Promise<PowerOrder> => {
    const seen = await readPower(ports, power, 'node-1')
    if (seen.kind !== 'Known') throw new Error(`the power is ${seen.kind}`)
    return { kind, nodeName: 'node-1', systemUUID: seen.systemUUID, mapping: seen.mapping }
  }
  return { ports, stored, told, order, send: async (sent: PowerOrder) => await switchPower(ports, power, sent) }
}

test.each(['TurnOff', 'TurnOn'] as const)('%s goes to the BMC that was read', async (kind) => {
  const { told, order, send } = bed()
  await send(await order(kind))
  expect(told).toMatchObject([[kind, { address: '10.1.3.17', port: 623, systemUUID: 'uuid-1' }]])
})

test.each([
  ['address', { ...entries, address: '10.1.3.18' }],
  ['port', { ...entries, port: '624' }],
  ['system UUID', { ...entries, systemUUID: 'UUID-2' }],
  ['whole mapping', undefined],
])('where the %s has changed since it was read, nothing is sent: it may be another machine', async (_, changed) => {
  const { stored, told, order, send } = bed()
  const sent = await order('TurnOff')
  stored.entries = changed
  await expect(send(sent)).rejects.toMatchObject({ name: 'RefusedError', reason: 'HostMismatch' })
  expect(told).toEqual([])
})

test('a password that was rotated meanwhile is the one that is used', async () => {
  const { stored, told, order, send } = bed()
  const sent = await order('TurnOff')
  stored.entries = { ...entries, password: 'new' }
  await send(sent)
  expect(told).toMatchObject([['TurnOff', { address: '10.1.3.17', password: 'new' }]])
})

test('what an observation holds of a BMC tells nothing of user and password: it goes into the journal', async () => {
  const { stored, order } = bed()
  stored.entries = { ...entries, username: 'root', password: 'hunter2' }
  const before = await order('TurnOff')
  stored.entries = { ...entries, username: 'admin', password: 'hunter3' }
  expect(await order('TurnOff')).toEqual(before)
  expect(JSON.stringify(before)).not.toMatch(/hunter|root|10\.1\.3\.17/)
})

test('whom an order is for goes down with it: of several systems behind one service this one is switched', async () => {
  const { stored, told, order, send } = bed()
  const { systemUUID: _, ...rest } = entries
  stored.entries = { ...rest, protocol: 'redfish', certificateSHA256: 'AB'.repeat(32) }
  await send(await order('TurnOff'))
  expect(told).toMatchObject([['TurnOff', { protocol: 'redfish', port: 443, systemUUID: 'uuid-1' }]])
})

test('a machine between On and Off is not called a BMC that does not answer', async () => {
  const { ports } = bed()
  const changing = { read: async () => await Promise.reject(new UnsettledError('PoweringOff')) }
  expect(await readPower(ports, changing, 'node-1')).toEqual({
    kind: 'Unavailable',
    message: 'the power of node node-1 is neither On nor Off: it changes',
  })
})
