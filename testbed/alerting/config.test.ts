import { expect, test } from 'vitest'
import { textAt } from '../../src/kernel/json.ts'
import { alertRules, prometheusConfig } from './config.ts'
import { renderCpuRatios } from './metrics.ts'

test('the rule asks for the metric that stories write', () => {
  const [metric = ''] = renderCpuRatios({ 'node-1': 0.99 }).split('{')
  expect(textAt(alertRules, 'groups', 0, 'rules', 1, 'expr')).toBe(`${metric} > 0.95`)
  expect(renderCpuRatios({ 'node-1': 0.99, 'node-2': 0.1 })).toBe(
    'node_cpu_busy_ratio{node="node-1"} 0.99\nnode_cpu_busy_ratio{node="node-2"} 0.1\n',
  )
})

test('Prometheus looks at nothing beyond this machine', () => {
  const text = JSON.stringify(prometheusConfig({ rules: '/r', metrics: 1, alertmanager: 2 }))
  expect([...text.matchAll(/"targets":\["([^"]+)"\]/g)].map(([, target]) => target)).toEqual([
    '127.0.0.1:2',
    '127.0.0.1:1',
  ])
})
