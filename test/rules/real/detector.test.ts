import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type PluginConfig, readDetectorConfigs } from '../../../scripts/generate/matrix.ts'
import { type Answer, casesOf, environmentOf, roomOf, runCheck, shells } from '../checks.fixture.ts'
import { logLines } from '../log-lines.fixture.ts'
import { type Detector, type Start, startDetector } from './detector.fixture.ts'
import { type NodeApi, startNodeApi } from './node-api.fixture.ts'

/** The real node problem detector runs every configuration as it is shipped, and writes what it sees to an API. */
const { plugins, logs } = readDetectorConfigs(join(import.meta.dirname, '../../..'))
const fileOf = (name: string): string => `${name}.json`
const patience = { timeout: 30_000, interval: 50 }

let api: NodeApi
beforeAll(async () => {
  api = await startNodeApi()
})
afterAll(() => api.close())

const detectors: Detector[] = []
const rooms: string[] = []
afterEach(async () => {
  await Promise.all(detectors.splice(0).map((detector) => detector.stop()))
  for (const room of rooms.splice(0)) rmSync(room, { recursive: true, force: true })
})

/** It is stopped after the test, whatever happens. */
function started(start: Omit<Start, 'api'>): Detector {
  const detector = startDetector({ ...start, api: api.url })
  detectors.push(detector)
  return detector
}

const shell = [...shells.values()][0] ?? { command: ['/bin/sh'], path: '/usr/bin:/bin' }
const environment = (room: string) => ({ ...environmentOf(shell, room), STATE_DIR: join(room, 'state') })

/** A recorded machine on which the shipped arguments give this exit code, and the answer. */
function machineWhere({ rules }: PluginConfig, code: number): { readonly room: string; readonly answer: Answer } {
  const [{ path, args }] = rules as [PluginConfig['rules'][number]] // a test of its own holds them to one
  const check = path.replace(/^.*\/|\.sh$/g, '')
  for (const name of casesOf(check)) {
    const tried = roomOf(check, name)
    const answer = runCheck(shell, check, { room: tried, args })
    rmSync(tried, { recursive: true, force: true })
    if (answer.code === code) {
      const room = roomOf(check, name)
      rooms.push(room)
      return { room, answer }
    }
  }
  throw new Error(`no machine recorded for ${check} gives ${code} with ${args.join(' ')}`)
}

const verdicts = [
  ['True', 1],
  ['False', 0],
  ['Unknown', 2],
] as const

/** A detector that runs this configuration on a recorded machine, and what it must write. */
function arrange(name: string, config: PluginConfig, [status, code]: (typeof verdicts)[number]) {
  const { room, answer } = machineWhere(config, code)
  const node = `${name.replace('/', '-')}-${status.toLowerCase()}`
  const [healthy, rule] = [config.conditions[0], config.rules[0]]
  const expected = {
    status,
    reason: status === 'True' ? rule?.reason : healthy?.reason,
    message: status === 'False' ? healthy?.message : answer.output.trimEnd(),
  }
  return {
    node,
    detector: started({ node, plugins: [fileOf(name)], env: environment(room) }),
    expected: { [rule?.condition ?? '']: expected },
  }
}

test.each([...plugins])('%s says True, False and Unknown, each where it should', async (name, config) => {
  const arranged = verdicts.map((verdict) => arrange(name, config, verdict))
  await vi.waitUntil(() => arranged.every(({ node }) => api.conditions(node).size > 0), patience)
  const seen = arranged.map(({ node, detector }) => ({
    conditions: Object.fromEntries(api.conditions(node)),
    errors: detector.errors(),
  }))
  expect(seen).toEqual(arranged.map(({ expected }) => ({ conditions: expected, errors: [] })))
})

test('all configurations run side by side', async () => {
  const room = mkdtempSync(join(tmpdir(), 'prunella-room-'))
  rooms.push(room)
  const detector = started({
    node: 'all',
    plugins: [...plugins.keys()].map(fileOf),
    logs: [...logs.keys()].map(fileOf),
    env: environment(room),
  })
  const types = [...plugins.values(), ...logs.values()].flatMap(({ conditions }) => conditions.map(({ type }) => type))
  await vi.waitUntil(() => api.conditions('all').size === types.length, patience)
  expect([...api.conditions('all').keys()].toSorted()).toEqual(types.toSorted())
  const checked = [...plugins.values()].flatMap(({ conditions }) => conditions.map(({ type }) => type))
  const claimed = checked.filter((type) => api.conditions('all').get(type)?.status !== 'Unknown')
  // nothing can be seen in an empty room
  expect(claimed).toEqual([])
  expect(detector.errors()).toEqual([])
})

test('each configuration for the kernel log starts on the real one', async () => {
  const alone = [...logs].map(([name, { conditions }]) => {
    const node = `${name.replace('/', '-')}-kmsg`
    return { node, wanted: conditions.length, detector: started({ node, logs: [fileOf(name)] }) }
  })
  const isUp = ({ node, wanted }: (typeof alone)[number]) => api.conditions(node).size === wanted
  await vi.waitUntil(() => alone.every(isUp) && alone.every(({ detector }) => detector.isRunning()), patience)
  expect(alone.flatMap(({ detector }) => detector.errors())).toEqual([])
})

test.each([...logs])('%s sees its lines, and none that looks alike', async (name, config) => {
  const folder = mkdtempSync(join(tmpdir(), 'prunella-lines-'))
  rooms.push(folder)
  const logPath = join(folder, 'kern.log')
  writeFileSync(logPath, '')
  // the rules as shipped, on a file: what is written to the kernel log would reach the whole machine
  const onFile = { ...config, plugin: 'filelog', pluginConfig: fileFormat, logPath }
  writeFileSync(join(folder, 'on-file.json'), JSON.stringify(onFile))
  const node = `${name.replace('/', '-')}-lines`
  const detector = started({ node, logs: [join(folder, 'on-file.json')] })
  const lines = logLines[name] ?? []
  for (const { line } of lines) appendFileSync(logPath, `${new Date().toISOString()} kernel: ${line}\n`)
  const wanted = [...new Set(config.rules.map(({ reason }) => reason))].toSorted()
  const reasons = () => [...new Set(api.events(node).map(({ reason }) => reason))].toSorted()
  await vi.waitUntil(() => reasons().length === wanted.length, patience)
  expect(reasons()).toEqual(wanted)
  const alike = lines.filter(({ reasons: given }) => given.length === 0).map(({ line }) => line)
  expect(api.events(node).filter(({ message }) => alike.some((line) => message.includes(line)))).toEqual([])
  const types = config.conditions.map(({ type }) => type)
  await vi.waitUntil(() => types.every((type) => api.conditions(node).get(type)?.status === 'True'), patience)
  expect(detector.errors()).toEqual([])
})

const fileFormat = {
  timestamp: '^\\S+',
  message: 'kernel: (.*)',
  timestampFormat: '2006-01-02T15:04:05.999Z07:00',
}

test('a condition falls back once the fault is gone, and is Unknown while nothing can be seen', async () => {
  const name = 'plugin/memory-nearly-exhausted'
  const config = plugins.get(name)
  if (config === undefined) throw new Error(`${name} is gone`)
  const room = mkdtempSync(join(tmpdir(), 'prunella-often-'))
  rooms.push(room)
  const often = { ...config, pluginConfig: { ...config.pluginConfig, invoke_interval: '200ms' } }
  writeFileSync(join(room, 'often.json'), JSON.stringify(often))
  const sick = machineWhere(config, 1).room
  const meminfo = join(sick, 'proc/meminfo')
  const bad = readFileSync(meminfo, 'utf8')
  const detector = started({ node: 'turns', plugins: [join(room, 'often.json')], env: environment(sick) })
  const status = () => api.conditions('turns').get('MemoryNearlyExhausted')?.status
  await vi.waitUntil(() => status() === 'True', patience)
  writeFileSync(meminfo, bad.replace(/MemAvailable: *\d+/, 'MemAvailable: 9000000'))
  await vi.waitUntil(() => status() === 'False', patience)
  rmSync(meminfo)
  await vi.waitUntil(() => status() === 'Unknown', patience)
  writeFileSync(meminfo, bad)
  await vi.waitUntil(() => status() === 'True', patience)
  expect(detector.errors()).toEqual([])
})
