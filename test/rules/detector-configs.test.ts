import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readDetectorConfigs } from '../../scripts/generate/matrix.ts'
import { checks, emptyRoom, pack, runCheck, shells } from './checks.fixture.ts'
import { logLines } from './log-lines.fixture.ts'

const { plugins, logs } = readDetectorConfigs(join(import.meta.dirname, '../..'))
const all = [...plugins, ...logs]
const room = emptyRoom()
afterAll(() => rmSync(room, { recursive: true, force: true }))
const camelCase = /^[A-Z][A-Za-z0-9]+$/

test('conditions and reasons are CamelCase, and the words of the kubelet stay with the kubelet', () => {
  const conditions = all.flatMap(([, config]) => config.conditions)
  const names = [
    ...conditions.flatMap(({ type, reason }) => [type, reason]),
    ...all.flatMap(([, config]) => config.rules.map(({ reason }) => reason)),
  ]
  for (const name of names) expect(name).toMatch(camelCase)
  const types = conditions.map(({ type }) => type)
  for (const own of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'])
    expect(types).not.toContain(own)
})

test('no condition has two configurations, which would overwrite each other', () => {
  const types = all.flatMap(([, config]) => config.conditions.map(({ type }) => type))
  expect(types).toEqual([...new Set(types)])
})

test.each(all)(
  '%s: each condition has a rule, and each permanent rule a condition',
  (name, { conditions, rules, source }) => {
    expect(source).toBe(`prunella-${name.replace(/^.*\//, '')}`)
    const set = rules.flatMap(({ condition = '', type }) => (type === 'permanent' ? [condition] : []))
    expect([...new Set(set)].toSorted()).toEqual(conditions.map(({ type }) => type).toSorted())
    // the healthy reason must not be mistaken for the sick one
    const healthy = conditions.map(({ reason }) => reason)
    for (const { reason } of rules) expect(healthy).not.toContain(reason)
  },
)

test.each([...plugins])('%s: one condition, one rule, and nothing claimed before the first run', (_, config) => {
  // of several conditions the detector would publish all, as False, once the first rule has run
  expect(config.conditions).toHaveLength(1)
  expect(config.rules).toHaveLength(1)
  const { skip_initial_status, max_output_length, invoke_interval, timeout } = config.pluginConfig
  expect({ skip_initial_status, max_output_length }).toEqual({ skip_initial_status: true, max_output_length: 80 })
  expect(secondsOf(invoke_interval)).toBeGreaterThanOrEqual(10)
  expect(secondsOf(timeout)).toBeLessThanOrEqual(300)
})

test.each([...plugins].flatMap(([name, { rules }]) => rules.map((rule) => [name, rule] as const)))(
  '%s: its check exists, may be run and takes the arguments',
  (_, { path, args }) => {
    const [, check = ''] = /^\.\/checks\/([a-z-]+)\.sh$/.exec(path) ?? []
    expect(checks).toContain(check)
    expect(statSync(join(pack, path)).mode & 0o111).toBe(0o111)
    const [shell] = shells.values()
    expect(shell && runCheck(shell, check, { room, args }).output).not.toMatch(
      /option|whole number|must be one of|was given/,
    )
  },
)

test('each check is used', () => {
  const used = [...plugins.values()].flatMap(({ rules }) => rules.map(({ path }) => path))
  expect([...new Set(used)].toSorted()).toEqual(checks.map((check) => `./checks/${check}.sh`).toSorted())
})

test('rates are taken over the interval at least, or their samples would be too young', () => {
  const keepsSamples = (path: string) => existsSync(join(pack, 'recorded', nameOf(path), 'unknown-first'))
  const tooShort = [...plugins].filter(([, { pluginConfig, rules }]) =>
    rules.some(({ path, args }) => keepsSamples(path) && windowOf(args) < secondsOf(pluginConfig.invoke_interval)),
  )
  expect(tooShort.map(([name]) => name)).toEqual([])
})

test('who repairs is the operator: the health-checker never does', () => {
  const text = JSON.stringify([...plugins])
  expect(text).not.toContain('enable-repair')
})

test.each([...logs])(
  '%s: each rule has a line that it sees, and each line the rules that it must have',
  (name, { rules }) => {
    const lines = logLines[name] ?? []
    const seen = lines.map(({ line }) => ({
      line,
      reasons: rules.filter(({ pattern }) => matches(pattern, line)).map(({ reason }) => reason),
    }))
    expect(seen).toEqual(lines)
    expect(new Set(lines.flatMap(({ reasons }) => reasons))).toEqual(new Set(rules.map(({ reason }) => reason)))
    expect(lines.some(({ reasons }) => reasons.length === 0)).toBe(true)
  },
)

/** The detector anchors patterns to the end of what it has read, and only there. */
const matches = (pattern: string, line: string): boolean => new RegExp(`${pattern}$`).test(line)

const nameOf = (path: string): string => path.replace(/^.*\/|\.sh$/g, '')
const windowOf = (args: readonly string[]): number =>
  Number(args.find((arg) => arg.startsWith('--seconds='))?.slice('--seconds='.length) ?? Number.POSITIVE_INFINITY)

function secondsOf(duration: string): number {
  const [, amount = '0', unit = ''] = /^(\d+)([smh])$/.exec(duration) ?? []
  return Number(amount) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Number.NaN)
}
