import { expect, test } from 'vitest'
import { nodeJobResultOf } from './node-job-result.ts'

const restarted = {
  version: 1,
  task: 'restartService',
  bootID: '0b0f-1',
  service: 'kubelet',
  before: 12,
  after: 34,
}

test('what a job says at its end is read', () => {
  expect(nodeJobResultOf(`${JSON.stringify(restarted)}\n`)).toEqual(restarted)
  const freed = { version: 1, task: 'freeDisk', bootID: 'a', before: 91, after: 60, freedKiB: { logs: 0, images: 9 } }
  expect(nodeJobResultOf(JSON.stringify(freed))).toEqual(freed)
})

test.each([
  ['nothing', undefined],
  ['words', 'panic: runtime error'],
  ['a number', '1'],
  ['another version', JSON.stringify({ ...restarted, version: 2 })],
  ['a task that nobody gave', JSON.stringify({ ...restarted, task: 'format' })],
  ['a moment before the boot', JSON.stringify({ ...restarted, after: -1 })],
  ['a moment beyond counting', JSON.stringify({ ...restarted, after: 1e300 })],
  ['a moment in words', JSON.stringify({ ...restarted, after: '34' })],
  ['more than was asked for', JSON.stringify({ ...restarted, uncordon: true })],
  ['a service that is a command', JSON.stringify({ ...restarted, service: 'kubelet; reboot' })],
  ['an error that paints the terminal', JSON.stringify({ ...restarted, error: '\u001b[2J' })],
  ['no end', `${' '.repeat(5_000)}${JSON.stringify(restarted)}`],
])('%s is no result', (_, message) => {
  expect(nodeJobResultOf(message)).toBeUndefined()
})
