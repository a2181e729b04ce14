import { join } from 'node:path'
import { expect, test } from 'vitest'
import { at, listAt, textAt } from '../../src/kernel/json.ts'
import { renderKernelLine } from '../machines/kernel-log.ts'
import { onNode, readDetectorConfig, readRuleFiles, withoutHolds } from './shipped.ts'

const layout = { repository: join(import.meta.dirname, '../..') }
const place = { kernelLog: '/node/kern.log', pack: '/pack' }

test('of a log rule only the log is another one', () => {
  const shipped = readDetectorConfig(layout, 'log/kernel-deadlock')
  const { plugin, logPath, ...rest } = onNode(shipped, place)
  const { plugin: _plugin, logPath: _logPath, ...shippedRest } = shipped
  const { pluginConfig: _pluginConfig, ...restOfRest } = rest
  expect([plugin, logPath]).toEqual(['filelog', '/node/kern.log'])
  expect(restOfRest).toEqual(shippedRest)
})

test('the detector reads the message of a line as the bed writes it, brackets of its own included', () => {
  const message = 'Oops: 0002 [#1] PREEMPT SMP NOPTI'
  const line = renderKernelLine({ at: new Date(2026, 10, 1, 6, 41, 3), name: 'node-1', message }).trimEnd()
  const config = onNode(readDetectorConfig(layout, 'log/kernel-oops'), place)
  const pattern = (name: string): RegExp => new RegExp(textAt(config, 'pluginConfig', name) ?? '(?!)')
  expect(pattern('timestamp').exec(line)?.[0]).toBe('Nov  1 06:41:03')
  expect(pattern('message').exec(line)?.[1]).toBe(message)
})

test('of a check only the rhythm and the folder are others', () => {
  const shipped = readDetectorConfig(layout, 'plugin/zombies')
  const changed = onNode(shipped, place)
  expect(textAt(changed, 'rules', 0, 'path')).toBe('/pack/checks/zombies.sh')
  expect(textAt(changed, 'pluginConfig', 'invoke_interval')).toBe('1s')
  const back = {
    ...changed,
    pluginConfig: at(shipped, 'pluginConfig'),
    rules: listAt(changed, 'rules').map((rule) => ({ ...Object(rule), path: './checks/zombies.sh' })),
  }
  expect(back).toEqual(shipped)
  expect(Object.keys(Object(at(changed, 'pluginConfig')))).toEqual(Object.keys(Object(at(shipped, 'pluginConfig'))))
})

test('of the rules only the holds are others', () => {
  const files = readRuleFiles(layout)
  expect([...files.keys()]).toContain('identity.yaml')
  for (const shipped of files.values()) {
    const text = JSON.stringify(withoutHolds(shipped))
    expect(text.replaceAll(/,"for":"0s"/g, '')).toBe(JSON.stringify(shipped).replaceAll(/,"for":"\d+[smh]"/g, ''))
  }
})
