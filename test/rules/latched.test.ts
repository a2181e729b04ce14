import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDetectorConfigs } from '../../scripts/generate/matrix.ts'
import { isLatched } from '../../src/domain/policy/latched.ts'

const { plugins, logs } = readDetectorConfigs(join(import.meta.dirname, '../..'))
const latches = (type: string): boolean => isLatched({ nodeCondition: { type, status: 'True' } })
const conditionsOf = (configs: typeof plugins | typeof logs): readonly string[] =>
  [...configs].flatMap(([, { rules }]) => rules.flatMap(({ condition }) => condition ?? []))

test('what a line of the log sets, only a boot takes back: the product knows each such condition of the rule pack', () => {
  expect(conditionsOf(logs).filter((type) => !latches(type))).toEqual([])
})

/** Our check takes MemoryLeak back; sites that had one before us set it by a line of the log, and nobody can tell which it is. */
test('what a check sets, its next run takes back', () => {
  expect(conditionsOf(plugins).filter(latches)).toEqual(['MemoryLeak'])
})
