import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isObject, type JsonObject, listAt, textAt } from '../../src/kernel/json.ts'
import type { Layout } from '../layout.ts'

/** The rules as their users get them. What the bed changes in its copies is where they look and how often, never what they say. */
export const packFolder = ({ repository }: Pick<Layout, 'repository'>): string =>
  join(repository, 'deploy/rules/node-problem-detector')
const rulesFolder = ({ repository }: Pick<Layout, 'repository'>): string => join(repository, 'deploy/rules/prometheus')

/** `log/kernel-deadlock`, as the detection matrix names it. */
export const readDetectorConfig = (layout: Pick<Layout, 'repository'>, name: string): JsonObject =>
  objectIn(JSON.parse(readFileSync(join(packFolder(layout), `${name}.json`), 'utf8')), name)

export const readRuleFiles = (layout: Pick<Layout, 'repository'>): ReadonlyMap<string, JsonObject> => {
  const files = readdirSync(rulesFolder(layout)).filter((file) => file.endsWith('.yaml'))
  return new Map(
    files.map((file) => [file, objectIn(parse(readFileSync(join(rulesFolder(layout), file), 'utf8')), file)]),
  )
}

export interface Place {
  /** The kernel log of the node. */
  readonly kernelLog: string
  /** Folder of the rule pack. */
  readonly pack: string
}

/** Reads the log of one node instead of that of the whole machine, or asks its checks every second instead of every minute or hour. */
export const onNode = (config: JsonObject, place: Place): JsonObject =>
  textAt(config, 'plugin') === 'custom'
    ? eachIn({ ...config, pluginConfig: everySecond(config['pluginConfig']) }, 'rules', (rule) => inPack(rule, place))
    : { ...config, plugin: 'filelog', pluginConfig: lineFormat, logPath: place.kernelLog }

const everySecond = (settings: unknown): JsonObject => ({
  ...(isObject(settings) ? settings : {}),
  invoke_interval: '1s',
})

/** The detector is started elsewhere. */
const inPack = (rule: JsonObject, { pack }: Place): JsonObject => ({
  ...rule,
  path: join(pack, textAt(rule, 'path') ?? ''),
})

/** How the bed writes kernel logs. */
const lineFormat = { timestamp: '^.{15}', message: 'kernel: \\[[^\\]]*\\] (.*)', timestampFormat: 'Jan _2 15:04:05' }

/** Without the holds of the matrix, which are minutes to hours. */
export const withoutHolds = (file: JsonObject): JsonObject =>
  eachIn(file, 'groups', (group) => eachIn(group, 'rules', (rule) => ('for' in rule ? { ...rule, for: '0s' } : rule)))

const eachIn = (object: JsonObject, list: string, change: (item: JsonObject) => JsonObject): JsonObject => ({
  ...object,
  [list]: listAt(object, list).filter(isObject).map(change),
})

function objectIn(value: unknown, name: string): JsonObject {
  if (!isObject(value)) throw new TypeError(`${name} holds no object`)
  return value
}
