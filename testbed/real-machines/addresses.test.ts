import { expect, test } from 'vitest'
import { addressesOf, machineAddress, overlap } from './addresses.ts'

const instances = Array.from({ length: 51 }, (_, instance) => ({ instance }))
const machines = [0, 1, 2]

test('no two beds share a link or a network', () => {
  const links = instances.flatMap((layout) => [
    addressesOf(layout).bridge,
    ...machines.map((index) => machineAddress(layout, index).link),
  ])
  const networks = instances.flatMap((layout) => addressesOf(layout).networks)
  expect(new Set(links).size).toBe(links.length)
  expect(networks.filter((network) => networks.filter((other) => overlap(network, other)).length > 1)).toEqual([])
  expect(links.filter((link) => link.length > 15)).toEqual([])
})

test('machines and their pods lie within the networks of their bed', () => {
  for (const layout of instances) {
    const [nodes = '', pods = ''] = addressesOf(layout).networks
    for (const index of machines) {
      const { address, podNetwork } = machineAddress(layout, index)
      expect([overlap(nodes, address), overlap(pods, podNetwork)]).toEqual([true, true])
    }
    expect(overlap(nodes, addressesOf(layout).gateway)).toBe(true)
  }
})

test('pods of two machines have no address in common', () => {
  const [first, second, third] = machines.map((index) => machineAddress({ instance: 7 }, index).podNetwork)
  expect([overlap(first ?? '', second ?? ''), overlap(second ?? '', third ?? '')]).toEqual([false, false])
  expect(() => machineAddress({ instance: 7 }, 4)).toThrow('no network')
})

test.each([
  ['10.89.0.0/24', '10.0.0.0/8', true],
  ['10.89.0.0/24', '10.89.0.200', true],
  ['10.89.0.0/24', '10.89.1.0/24', false],
  ['192.168.0.0/16', '192.169.0.0/16', false],
  ['0.0.0.0/0', '10.0.0.0/8', true],
])('%s and %s overlap: %s', (left, right, expected) => {
  expect([overlap(left, right), overlap(right, left)]).toEqual([expected, expected])
})
