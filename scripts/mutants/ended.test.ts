import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { ended } from './ended.ts'

test('the code and all that was said', async () => {
  const words = ['-e', 'console.log("out"); console.error("err"); process.exitCode = 4']
  const { code, output, isLate } = await ended(tmpdir(), words)
  expect([code, isLate]).toEqual([4, false])
  expect(output.split('\n').toSorted()).toEqual(['', 'err', 'out'])
})

test('what spins for ever is ended, with its children', async () => {
  const spin = 'for (;;) {}'
  const parent = `const child = require('node:child_process').spawn(process.execPath, ['-e', '${spin}'])
    console.log(child.pid); setInterval(() => {}, 1_000)`
  const { output, isLate } = await ended(tmpdir(), ['-e', parent], 1_500)
  expect(isLate).toBe(true)
  const pid = Number(output)
  expect(pid).toBeGreaterThan(0)
  await expect.poll(() => isRunning(pid), { timeout: 3_000 }).toBe(false)
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
