import { expect, test } from 'vitest'
import { textAt } from '../../src/kernel/json.ts'
import { renderKernelLine } from './kernel-log.ts'
import { monitorConfig } from './npd.ts'

const config = monitorConfig({ kernelLog: '/run/kern.log' })
const pattern = (path: string): RegExp => new RegExp(textAt(config, 'pluginConfig', path) ?? '(?!)')
const rule = new RegExp(`${textAt(config, 'rules', 0, 'pattern')}$`)
const message = 'task containerd:123 blocked for more than 120 seconds.'

test('the detector reads time and message of the lines that the bed writes', () => {
  const line = renderKernelLine({ at: new Date(2026, 10, 1, 6, 41, 3), name: 'machine-1', message }).trimEnd()
  expect(pattern('timestamp').exec(line)?.[0]).toBe('Nov  1 06:41:03')
  expect(pattern('message').exec(line)?.[1]).toBe(message)
})

test('a hung runtime is a deadlock, a hung program of a user is none', () => {
  expect(rule.test(message)).toBe(true)
  expect(rule.test('task stress:123 blocked for more than 120 seconds.')).toBe(false)
})
