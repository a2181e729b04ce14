import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const detection = z.union([
  z.strictObject({ config: z.string(), condition: z.string() }),
  z.strictObject({ config: z.string(), event: z.string() }),
])
const words = z.array(z.string()).min(1)
const row = z
  .strictObject({
    row: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
    fault: z.string(),
    diagnosis: z.string(),
    class: z.enum(['Fault', 'Load']),
    threshold: z.string(),
    holdSeconds: z.int().min(0),
    clears: z.string(),
    detector: z.array(detection).min(1).optional(),
    noDetector: z.string().optional(),
    otherConditions: words.optional(),
    otherEvents: words.optional(),
    alerts: words.optional(),
  })
  .refine((fault) => (fault.detector === undefined) !== (fault.noDetector === undefined), {
    message: 'either a detector sees it, or noDetector says why not',
  })
const matrix = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rows: z.array(row).min(1) })) })

export type Detection = z.infer<typeof detection>
export type MatrixRow = z.infer<typeof row>
export type Matrix = z.infer<typeof matrix>

/** Throws with the place of whatever does not belong into the matrix. */
export const readMatrix = (root: string): Matrix =>
  matrix.parse(parse(readFileSync(join(root, 'deploy/rules/matrix.yaml'), 'utf8')))

const condition = z.strictObject({ type: z.string(), reason: z.string(), message: z.string() })
const shared = { source: z.string(), metricsReporting: z.boolean(), conditions: z.array(condition) }
const kind = { type: z.enum(['permanent', 'temporary']), condition: z.string().optional(), reason: z.string() }
const pluginConfig = z.strictObject({
  ...shared,
  plugin: z.literal('custom'),
  pluginConfig: z.strictObject({
    invoke_interval: z.string(),
    timeout: z.string(),
    max_output_length: z.int(),
    concurrency: z.int(),
    enable_message_change_based_condition_update: z.boolean(),
    skip_initial_status: z.boolean(),
  }),
  rules: z.array(z.strictObject({ ...kind, path: z.string(), args: z.array(z.string()) })).min(1),
})
const logConfig = z.strictObject({
  ...shared,
  plugin: z.literal('kmsg'),
  logPath: z.string(),
  lookback: z.string(),
  bufferSize: z.int(),
  rules: z.array(z.strictObject({ ...kind, pattern: z.string() })).min(1),
})

export type PluginConfig = z.infer<typeof pluginConfig>
type LogConfig = z.infer<typeof logConfig>

/** The configurations of the rule pack, by the names that the matrix gives them. */
export interface DetectorConfigs {
  readonly plugins: ReadonlyMap<string, PluginConfig>
  readonly logs: ReadonlyMap<string, LogConfig>
}

/** Throws where a file holds a field that the detector does not know: it would ignore it in silence. */
export const readDetectorConfigs = (root: string): DetectorConfigs => ({
  plugins: read(root, 'plugin', (value) => pluginConfig.parse(value)),
  logs: read(root, 'log', (value) => logConfig.parse(value)),
})

function read<T>(root: string, folder: string, checked: (value: unknown) => T): ReadonlyMap<string, T> {
  const place = join(root, 'deploy/rules/node-problem-detector', folder)
  const files = readdirSync(place).toSorted()
  return new Map(
    files.map((file) => [
      `${folder}/${file.replace(/\.json$/, '')}`,
      checked(JSON.parse(readFileSync(join(place, file), 'utf8'))),
    ]),
  )
}
