import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const alertRule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
})
const recordingRule = z.strictObject({
  record: z.string(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
})
const ruleFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(z.union([alertRule, recordingRule])) })),
})

const samples = z.array(z.strictObject({ labels: z.string(), value: z.number() }))
const testFile = z.strictObject({
  rule_files: z.array(z.string()).min(1),
  evaluation_interval: z.string(),
  group_eval_order: z.array(z.string()),
  tests: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string(),
      input_series: z.array(z.strictObject({ series: z.string(), values: z.string() })),
      alert_rule_test: z
        .array(
          z.strictObject({
            eval_time: z.string(),
            alertname: z.string(),
            exp_alerts: z.array(
              z.strictObject({
                exp_labels: z.record(z.string(), z.string()),
                exp_annotations: z.record(z.string(), z.string()),
              }),
            ),
          }),
        )
        .default([]),
      promql_expr_test: z
        .array(z.strictObject({ expr: z.string(), eval_time: z.string(), exp_samples: samples }))
        .default([]),
    }),
  ),
})

export interface RuleFile extends z.output<typeof ruleFile> {
  /** As `cpu` in `cpu.yaml`. */
  readonly name: string
}
export type AlertRule = z.output<typeof alertRule>
export type RecordingRule = z.output<typeof recordingRule>
export type UnitTest = z.output<typeof testFile>['tests'][number]

export const rulesFolder = 'deploy/rules/prometheus'

/** Throws where a file has a field that Prometheus would not know, or an alert lacks one that ours must have. */
export const readRuleFiles = (root: string): readonly RuleFile[] =>
  yamlFiles(join(root, rulesFolder)).map(([file, value]) => ({
    name: file.replace('.yaml', ''),
    ...ruleFile.parse(value),
  }))

export const readUnitTests = (root: string): readonly UnitTest[] =>
  yamlFiles(join(root, rulesFolder, 'tests')).flatMap(([, value]) => testFile.parse(value).tests)

export const unitTestFiles = (root: string): readonly string[] =>
  yamlFiles(join(root, rulesFolder, 'tests')).map(([file]) => file)

const yamlFiles = (folder: string): readonly (readonly [string, unknown])[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => [file, parse(readFileSync(join(folder, file), 'utf8'))] as const)

export const alertsOf = ({ groups }: RuleFile): readonly AlertRule[] =>
  groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule))

export const recordingsOf = ({ groups }: RuleFile): readonly RecordingRule[] =>
  groups.flatMap(({ rules }) => rules.filter((rule) => 'record' in rule))
