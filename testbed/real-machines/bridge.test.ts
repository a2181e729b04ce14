import { expect, test } from 'vitest'
import { takenBy } from './bridge.ts'

const networks = ['10.89.3.0/24', '10.88.12.0/22']

test('a network that the host already uses is named', () => {
  const routes = [
    { dst: 'default', dev: 'eth0' },
    { dst: '10.88.0.0/16', dev: 'podman0' },
  ]
  expect(takenBy(networks, routes)).toBe('10.88.0.0/16 leads to podman0')
})

test('the default route and other beds leave room', () => {
  const routes = [
    { dst: 'default', dev: 'eth0' },
    { dst: '10.89.0.0/24', dev: 'prunella-0' },
    { dst: '10.88.0.0/24', dev: 'prunella-0' },
  ]
  expect(takenBy(networks, routes)).toBeUndefined()
})
