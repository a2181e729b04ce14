import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../scripts/run.ts'
import {
  alertsOf,
  readRuleFiles,
  readUnitTests,
  recordingsOf,
  rulesFolder,
  type UnitTest,
  unitTestFiles,
} from './rule-files.fixture.ts'

const root = join(import.meta.dirname, '../..')
const files = readRuleFiles(root)
const alerts = files.flatMap(alertsOf)
const recordings = files.flatMap(recordingsOf)
const unitTests = readUnitTests(root)

test('groups and alerts have names of their own', () => {
  const groups = files.flatMap((file) => file.groups.map(({ name }) => name))
  expect(groups).toEqual([...new Set(groups)])
  expect(alerts.map(({ alert }) => alert)).toEqual([...new Set(alerts.map(({ alert }) => alert))])
})

describe.each(alerts)('$alert', ({ alert, expr, labels, annotations }) => {
  const own = unitTests.filter(({ name }) => name.startsWith(`${alert} `))
  const asked = (wanted: string): readonly UnitTest[] => own.filter(({ name }) => name.startsWith(`${alert} ${wanted}`))
  const isQuiet = (one: UnitTest): boolean =>
    one.alert_rule_test.length > 0 &&
    one.alert_rule_test.every(({ alertname, exp_alerts }) => alertname === alert && exp_alerts.length === 0)

  test('is seen to fire', () => {
    const fired = asked('fires').flatMap((one) => one.alert_rule_test.flatMap(({ exp_alerts }) => exp_alerts))
    expect(fired.length).toBeGreaterThan(0)
  })

  test('is seen not to fire just under its threshold', () => {
    const quiet = asked('does not fire just under its threshold')
    expect(quiet.length).toBeGreaterThan(0)
    expect(quiet.filter((one) => !isQuiet(one))).toEqual([])
  })

  test('is seen not to fire when series are missing', () => {
    const quiet = asked('does not fire when series are missing')
    expect(quiet.length).toBeGreaterThan(0)
    expect(quiet.filter((one) => !isQuiet(one))).toEqual([])
  })

  test('is seen to end below its threshold, where it asks whether it fires', () => {
    const isHeld = expr.includes(`ALERTS{alertname="${alert}"`)
    expect(expr.includes('ALERTS{')).toBe(isHeld)
    const ends = asked('goes on until').concat(asked('goes on for'))
    const seen = ends.some((one) => {
      const counts = one.alert_rule_test.map(({ exp_alerts }) => exp_alerts.length)
      return counts.includes(0) && counts.some((count) => count > 0)
    })
    expect(seen).toBe(isHeld)
  })

  test('carries what people and policies go by', () => {
    expect(labels).toEqual({
      severity: expect.stringMatching(/^(critical|warning|info)$/),
      class: expect.stringMatching(/^(fault|load|forecast|coverage)$/),
    })
    expect(Object.keys(annotations).toSorted()).toEqual(['description', 'summary'])
  })

  test('names the node, if it may be a signal', () => {
    const mayBeSignal = labels['class'] === 'fault' || labels['class'] === 'load'
    const fired = own.flatMap((one) => one.alert_rule_test.flatMap(({ exp_alerts }) => exp_alerts))
    const nameless = fired.filter(({ exp_labels }) => exp_labels['node'] === undefined)
    expect(mayBeSignal ? nameless : []).toEqual([])
  })

  test('does not mute cordoned nodes', () => {
    expect(expr).not.toMatch(/unschedulable|kube_node_spec_taint/)
  })
})

describe.each(recordings)('$record', ({ record, labels }) => {
  const asks = unitTests.flatMap((one) => one.promql_expr_test.map((asked) => ({ ...asked, name: one.name })))
  const family = labels?.['family']

  test('is level:metric:operations', () => {
    expect(record).toMatch(/^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$/)
  })

  test('is seen with a value', () => {
    const seen = asks.filter(({ expr, exp_samples }) => namesOf(expr).includes(record) && exp_samples.length > 0)
    const ofFamily = seen.filter(({ expr }) => family === undefined || expr.includes(`family="${family}"`))
    expect(ofFamily.length).toBeGreaterThan(0)
  })

  test('is seen to be absent when series are missing, or to say 0 where it must', () => {
    const absent = asks.filter(({ expr, exp_samples }) => namesOf(expr).includes(record) && exp_samples.length === 0)
    expect(absent.length > 0 || record === 'node:metrics_present:bool').toBe(true)
  })
})

test('whatever a rule reads of ours is recorded', () => {
  const known = new Set(recordings.map(({ record }) => record))
  const read = [...alerts, ...recordings].flatMap(({ expr }) => namesOf(expr))
  expect(read.filter((name) => !known.has(name))).toEqual([])
})

test('every family that may be missing has an alert that says so', () => {
  const families = recordings
    .filter(({ record }) => record === 'node:metrics_present:bool')
    .map(({ labels }) => labels?.['family'] ?? '')
  const told = alerts.flatMap(
    ({ expr }) => /^node:metrics_present:bool\{family="([\w-]+)"\} == 0\n$/.exec(expr)?.[1] ?? [],
  )
  expect(told.toSorted()).toEqual(families.toSorted())
})

test('the files of this folder are those that the README lists', () => {
  const listed = [...readFileSync(join(root, rulesFolder, 'README.md'), 'utf8').matchAll(/^\| `(\w+)\.yaml` \|/gm)]
  expect(listed.map(([, name = '']) => name).toSorted()).toEqual(files.map(({ name }) => name))
})

/** Names of recording rules: those with colons. */
function namesOf(expr: string): readonly string[] {
  return [...expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/\b[a-z_][a-z0-9_]*:[a-z0-9_:]+/g)].map(
    ([name]) => name,
  )
}

const promtool = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin']
  .map((folder) => join(folder, 'promtool'))
  .find((path) => existsSync(path))

/** `make test` installs it; without it (Debian: `apt-get install prometheus`) the rest of this file still holds. */
describe.skipIf(promtool === undefined)('promtool, of the Debian package prometheus', () => {
  const minutes = 60_000
  const tool = promtool ?? ''

  test('takes every rule', { timeout: 2 * minutes }, async () => {
    const { code, output } = await run([
      tool,
      'check',
      'rules',
      ...files.map(({ name }) => join(root, rulesFolder, `${name}.yaml`)),
    ])
    expect(code === 0 ? 'all is well' : output).toBe('all is well')
  })

  test.each(unitTestFiles(root))('finds %s as written', { timeout: 10 * minutes }, async (file) => {
    const { code, output } = await run([tool, 'test', 'rules', join(root, rulesFolder, 'tests', file)])
    expect(code === 0 ? 'all is well' : output).toBe('all is well')
  })
})
