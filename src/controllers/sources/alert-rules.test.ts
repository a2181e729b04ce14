import { expect, test } from 'vitest'
import { signalSchema } from '../../api/v1alpha1/signal.ts'
import { instant } from '../../kernel/time.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { AlertRule } from '../../ports/metrics.ts'
import { AlertRules } from './alert-rules.ts'
import { FakeMetrics, tenNodes } from './metrics.fixture.ts'

const [asks, silent] = [{ clearedBy: 'RuleEvaluation' }, {}].map((more) =>
  signalSchema.parse({ name: 'hot', alert: { name: 'Hot', ...more } }),
)
const signals = [asks, silent].filter((signal) => signal !== undefined)

const rule = (...nodes: readonly string[]): AlertRule => ({
  name: 'Hot',
  expr: 'temperature > 90',
  isHealthy: true,
  evaluatedAt: instant(1),
  alerts: nodes.map((instance) => ({ labels: { instance } })),
})

const accusations = async (servers: readonly FakeMetrics[], nodeName: string) => {
  const seen = (await new AlertRules(servers, { nodes: tenNodes }).fresh(nodeName, signals)).rules['Hot']
  return seen?.kind === 'Known' ? seen.rules.map(({ server, accuses }) => [server, accuses]) : seen
}

function serverWith(rules: readonly AlertRule[] | Error, name = 'prometheus'): FakeMetrics {
  const server = new FakeMetrics(name)
  server.rules.set('Hot', rules)
  return server
}

test('a rule accuses the nodes of its alerts', async () => {
  const servers = [serverWith([rule('node-1:9100')], 'one'), serverWith([rule('node-2')], 'two')]
  expect(await accusations(servers, 'node-1')).toEqual([
    ['one', true],
    ['two', false],
  ])
})

test('a node may be named by its provider ID', async () => {
  const about = (id: string) => [{ ...rule(), alerts: [{ labels: { provider_id: id, instance: 'exporter:9100' } }] }]
  expect(await accusations([serverWith(about('aws:///1'))], 'node-1')).toEqual([['prometheus', true]])
  expect(await accusations([serverWith(about('aws:///2'))], 'node-1')).toEqual([['prometheus', false]])
})

test('an alert without a node accuses everybody', async () => {
  expect(await accusations([serverWith([rule('')])], 'node-1')).toEqual([['prometheus', true]])
})

test('one server that cannot be asked makes all of them unknown', async () => {
  const servers = [serverWith([rule()], 'one'), serverWith(new UnavailableError('connection refused'), 'two')]
  expect(await accusations(servers, 'node-1')).toEqual({ kind: 'Unavailable', message: 'connection refused' })
  expect(await accusations([], 'node-1')).toEqual({ kind: 'Unavailable', message: 'no Prometheus is configured' })
})

test('nobody is asked about alerts that clear otherwise', async () => {
  const server = serverWith([rule('node-1')])
  const rest = signals.filter(({ alert }) => alert?.clearedBy === undefined)
  expect((await new AlertRules([server], { nodes: tenNodes }).fresh('node-1', rest)).rules).toEqual({})
  expect(server.asked).toEqual([])
})
