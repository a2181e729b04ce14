import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { layoutOf } from '../layout.ts'
import { ensureRunning, runningProcess, type Service, serviceNames, stopService } from './service.ts'

const layout = layoutOf({}, { run: mkdtempSync(join(tmpdir(), 'testbed-')) })
const service = (script: string): Service => ({
  name: 'sleeper',
  program: '/bin/sh',
  args: ['-c', script],
  ready: () => Promise.resolve(runningProcess(layout, 'sleeper') !== undefined),
})

afterEach(async () => {
  await stopService(layout, 'sleeper')
  rmSync(layout.run, { recursive: true, force: true })
})

test('a second start keeps the process, another command line replaces it', async () => {
  expect(await ensureRunning(layout, service('sleep 60'))).toBe('Started')
  const first = runningProcess(layout, 'sleeper')
  expect(await ensureRunning(layout, service('sleep 60'))).toBe('AlreadyRunning')
  expect(runningProcess(layout, 'sleeper')).toEqual(first)
  expect(await ensureRunning(layout, service('sleep 61'))).toBe('Started')
  expect(runningProcess(layout, 'sleeper')?.pid).not.toBe(first?.pid)
})

test('the wait gives up when the process has died, and shows what it wrote last', async () => {
  const dying = { ...service('echo no room for me; exit 1'), ready: () => Promise.resolve(false) }
  await expect(ensureRunning(layout, dying)).rejects.toThrow('no room for me')
})

test('a process that ignores the request to end is ended by force', async () => {
  await ensureRunning(layout, service("trap '' TERM; while :; do sleep 0.05; done"))
  const pid = runningProcess(layout, 'sleeper')?.pid ?? 0
  await stopService(layout, 'sleeper', 200)
  // Whoever inherited it may take a moment to bury it.
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000)
  expect(serviceNames(layout)).toEqual([])
})
