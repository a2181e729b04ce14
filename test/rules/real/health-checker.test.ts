import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { builtPrograms, type Detector, startDetector } from './detector.fixture.ts'
import { type NodeApi, startNodeApi } from './node-api.fixture.ts'

/** The detector with its own health-checker, which repairs by `systemctl` unless it is told not to. */
let room = ''
let api: NodeApi
let kubelet: Server
let kubeletSays = 200
const detectors: Detector[] = []

beforeEach(async () => {
  room = mkdtempSync(join(tmpdir(), 'prunella-health-'))
  mkdirSync(join(room, 'run/containerd'), { recursive: true })
  program('systemctl', `touch ${room}/repaired; echo InactiveExitTimestamp=Mon 2026-01-05 10:00:00 UTC`)
  api = await startNodeApi()
  kubelet = createServer((_, response) => response.writeHead(kubeletSays).end())
  await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  await Promise.all(detectors.splice(0).map((detector) => detector.stop()))
  kubelet.closeAllConnections()
  await new Promise((resolve) => kubelet.close(resolve))
  await api.close()
  rmSync(room, { recursive: true, force: true })
})

const program = (name: string, body: string): void =>
  writeFileSync(join(room, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })

const kubeletPort = (): string => {
  const address = kubelet.address()
  return String(typeof address === 'object' && address !== null ? address.port : 0)
}

/** What the configuration makes the detector write. */
async function conditionOf(node: string, config: string) {
  const detector = startDetector({
    node,
    api: api.url,
    plugins: [`plugin/${config}.json`],
    env: {
      PATH: `${room}:${process.env['PATH'] ?? ''}`,
      HEALTH_CHECKER: join(builtPrograms, 'health-checker'),
      CRICTL: join(room, 'crictl'),
      HOST_ROOT: room,
      KUBELET_PORT: kubeletPort(),
    },
  })
  detectors.push(detector)
  await vi.waitUntil(() => api.conditions(node).size > 0, { timeout: 30_000, interval: 50 })
  expect(detector.errors()).toEqual([])
  return Object.fromEntries(
    [...api.conditions(node)].map(([type, { status, reason }]) => [type, `${status} ${reason}`]),
  )
}

test('a kubelet that answers is healthy, one that does not is not, and nothing is repaired', async () => {
  kubeletSays = 200
  expect(await conditionOf('well', 'kubelet-health')).toEqual({ KubeletUnhealthy: 'False KubeletIsHealthy' })
  kubeletSays = 500
  expect(await conditionOf('ill', 'kubelet-health')).toEqual({ KubeletUnhealthy: 'True KubeletUnhealthy' })
  expect(existsSync(join(room, 'repaired'))).toBe(false)
})

test('so it is with the runtime; and without crictl nobody knows', async () => {
  expect(await conditionOf('blind', 'runtime-health')).toEqual({
    ContainerRuntimeUnhealthy: 'Unknown ContainerRuntimeIsHealthy',
  })
  program('crictl', 'exit 0')
  expect(await conditionOf('well', 'runtime-health')).toEqual({
    ContainerRuntimeUnhealthy: 'False ContainerRuntimeIsHealthy',
  })
  program('crictl', 'exit 1')
  expect(await conditionOf('ill', 'runtime-health')).toEqual({
    ContainerRuntimeUnhealthy: 'True ContainerRuntimeUnhealthy',
  })
  expect(existsSync(join(room, 'repaired'))).toBe(false)
})
