import { type Arbitrary, array, constantFrom, double, oneof, record, string, tuple } from 'fast-check'
import { parseAlerts } from '../../src/adapters/alertmanager/parse-alerts.ts'
import { parseAnswer } from '../../src/adapters/prometheus/parse-answer.ts'
import { parseRules } from '../../src/adapters/prometheus/parse-rules.ts'
import type { Signal } from '../../src/api/v1alpha1/signal.ts'
import { indexOf } from '../../src/controllers/sources/metric-index.ts'
import { tenNodes } from '../../src/controllers/sources/metrics.fixture.ts'
import { alertsKnown, monoNoon, noon } from '../../src/domain/detect/evidence.fixture.ts'
import { clearedByRule } from '../../src/domain/detect/sources/alert-rule.ts'
import { look } from '../../src/domain/detect/sources/look.fixture.ts'
import { nodesNamedIn } from '../../src/domain/detect/sources/node-identity.ts'
import { queryKey } from '../../src/domain/detect/sources/query-sample.ts'
import { at } from '../../src/kernel/json.ts'
import { RefusedError } from '../../src/ports/errors.ts'
import type { MetricsAnswer, Series } from '../../src/ports/metrics.ts'
import type { Fuzzed } from './fuzzed.ts'
import { mangledJson } from './mangled.ts'
import { signalOf, soundClaim } from './sound-claim.ts'

const nodeName = constantFrom('node-1', 'node-2', 'big', 'big.example', 'nobody', '')
const labels = record(
  {
    node: nodeName,
    instance: nodeName.map((name) => `${name}:9100`),
    cluster: constantFrom('a', 'b'),
    provider_id: constantFrom('aws:///1'),
  },
  { requiredKeys: [] },
)
const time = constantFrom(1_795_262_400.123, 0)
const number = oneof(
  constantFrom('0.5', 'NaN', '+Inf', '-Inf', '0', ''),
  double().map((value) => String(value)),
)

const instantSeries = record({ metric: labels, value: tuple(time, number) })
const rangeSeries = record({ metric: labels, values: array(tuple(time, number), { maxLength: 6 }) })
const successOf = (resultType: string, result: Arbitrary<unknown>, warnings: Arbitrary<unknown>): Arbitrary<unknown> =>
  tuple(array(result, { maxLength: 5 }), warnings).map(([series, said]) => ({
    status: 'success',
    data: { resultType, result: series },
    warnings: said,
  }))
const rule = record({
  type: constantFrom('alerting', 'alerting', 'recording'),
  name: constantFrom('Fuzzed', 'Other'),
  query: constantFrom('up == 0', 'rate(errors[5m]) > 1', 'kube_node_spec_unschedulable == 0', ')'),
  health: constantFrom('ok', 'err'),
  lastEvaluation: constantFrom('2026-11-21T12:00:01.123456789Z', '0001-01-01T00:00:00Z'),
  alerts: array(record({ labels }), { maxLength: 3 }),
})
const answers: Arbitrary<unknown> = oneof(
  successOf('vector', instantSeries, constantFrom([], ['shard 2 is away'])),
  successOf('matrix', rangeSeries, constantFrom([], ['PromQL info: x'])),
  array(rule, { maxLength: 4 }).map((rules) => ({ status: 'success', data: { groups: [{ rules }] } })),
)

const hot = signalOf({ query: { expr: 'temperature', above: 0 } })
const hotForLong = signalOf({ query: { expr: 'temperature', below: 0, range: { windowSeconds: 60, stepSeconds: 10 } } })
const alerting = signalOf({ alert: { name: 'Fuzzed', clearedBy: 'RuleEvaluation' } })
const seriesMax = 50_000

const seriesText = '{"metric":{"node":"node-1","instance":"node-1:9100"},"value":[1795262400.123,"0.5"]}'

const emptyVector = '{"status":"success","data":{"resultType":"vector","result":[]}'

function vectorOf(series: readonly string[]): string {
  return `{"status":"success","data":{"resultType":"vector","result":[${series.join(',')}]}}`
}

/** What a Prometheus answers to queries and about rules, read as for the ten nodes that there are. */
export const fuzzedAnswers: Fuzzed = {
  name: 'Prometheus answers',
  inputs: mangledJson(answers),
  corners: {
    'as many series as are taken': vectorOf(Array.from({ length: seriesMax }, () => seriesText)),
    'one more than are taken': vectorOf(Array.from({ length: seriesMax + 1 }, () => seriesText)),
    'a warning with a method that is none': `${emptyVector},"warnings":[{"toString":1}]}`,
    'a warning of a million brackets': `${emptyVector},"warnings":[${'['.repeat(500_000)}${']'.repeat(500_000)}]}`,
  },
  read: (text) => {
    const answer = parsedJson(text)
    judge(hot, seriesIn(answer, 'vector'))
    judge(hotForLong, seriesIn(answer, 'matrix'))
    judgeRules(answer)
  },
}

/** As the adapter does: what is no JSON is no answer. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function seriesIn(answer: unknown, resultType: 'vector' | 'matrix'): readonly Series[] {
  try {
    return parsed(answer, resultType).series
  } catch (error) {
    if (error instanceof RefusedError) return []
    throw error
  }
}

const parsed = (answer: unknown, resultType: 'vector' | 'matrix'): MetricsAnswer =>
  parseAnswer(answer, { resultType, seriesMax })

function judge(signal: Signal, series: readonly Series[]): void {
  const { query } = signal
  if (query === undefined) return
  const samples = indexOf(query, series, { nodes: tenNodes }).byNode.get('node-1') ?? []
  soundClaim(signal, {
    queries: { [queryKey(query)]: [{ server: 'main', answer: { at: noon, atMono: monoNoon, samples } }] },
  })
}

function judgeRules(answer: unknown): void {
  const rules = parseRules(answer).map(({ expr, isHealthy, evaluatedAt, alerts }) => {
    const accuses = alerts.some((alert) => nodesNamedIn(alert.labels, tenNodes).includes('node-1'))
    return { server: 'main', expr, isHealthy, evaluatedAt, accuses }
  })
  const { alert } = alerting
  if (alert === undefined) return
  const sources = { rules: { [alert.name]: { kind: 'Known', rules } as const } }
  const seen = { ...look({}, sources), treatedAt: noon, bootChanged: false, pods: undefined }
  const { cleared } = clearedByRule({ ...alerting, alert }, seen)
  if (cleared && rules.some(({ accuses }) => accuses)) throw new Error('it clears although a rule accuses')
}

const listedAlert = record({
  labels: tuple(labels, constantFrom('Fuzzed', 'Other')).map(([named, alertname]) => ({ ...named, alertname })),
  startsAt: constantFrom('2026-11-21T11:00:00Z'),
  updatedAt: constantFrom('2026-11-21T12:00:00Z'),
  endsAt: constantFrom('2026-11-21T12:04:00Z', '0001-01-01T00:00:00Z'),
  fingerprint: string({ maxLength: 16 }),
  status: record({ state: constantFrom('active', 'suppressed', 'unprocessed', 'burning') }),
})

const listedText = JSON.stringify({
  labels: { alertname: 'Fuzzed', node: 'node-1', severity: 'page' },
  annotations: { summary: 'x'.repeat(600) },
  startsAt: '2026-11-21T11:00:00Z',
  updatedAt: '2026-11-21T12:00:00Z',
  endsAt: '2026-11-21T12:04:00Z',
  fingerprint: 'c0ffee0000000001',
  status: { state: 'active' },
})

/** What an Alertmanager lists, read as for the ten nodes that there are. */
export const fuzzedAlerts: Fuzzed = {
  name: 'Alertmanager answers',
  inputs: mangledJson(array(listedAlert, { maxLength: 6 })),
  corners: { 'one alert for each of 5,000 nodes': `[${Array.from({ length: 5_000 }, () => listedText).join(',')}]` },
  read: (text) => {
    const entries = parsedJson(text)
    if (!Array.isArray(entries)) return
    const alerts = parseAlerts(entries).map((alert) => ({ ...alert, about: nodesNamedIn(alert.labels, tenNodes) }))
    soundClaim(alerting, { alerts: alertsKnown(alerts) })
    if (at(alerts, 0, 'labels') === null) throw new Error('an alert has no labels')
  },
}
