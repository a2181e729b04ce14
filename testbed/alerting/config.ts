import type { JsonObject } from '../../src/kernel/json.ts'

/** Everything once a second, so that a story need not wait for a scrape. JSON is YAML, and both programs read it. */
export const prometheusConfig = (at: {
  readonly rules: string
  readonly metrics: number
  readonly alertmanager: number
}): JsonObject => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: [at.rules],
  alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${at.alertmanager}`] }] }] },
  scrape_configs: [{ job_name: 'testbed', static_configs: [{ targets: [`127.0.0.1:${at.metrics}`] }] }],
})

/** After so long an alert that is not sent again lapses: four times what the Prometheus of the shipped rules waits to send it again. */
export const lapseSeconds = 12

/** The share of its processors that a node keeps busy, from 0 to 1. */
export const cpuRatioMetric = 'node_cpu_busy_ratio'
export const cpuAlert = 'NodeCPUSaturated'

export const alertRules: JsonObject = {
  groups: [
    {
      name: 'testbed',
      interval: '1s',
      rules: [
        // always firing: its absence tells that alerts do not arrive
        { alert: 'Watchdog', expr: 'vector(1)' },
        {
          alert: cpuAlert,
          expr: `${cpuRatioMetric} > 0.95`,
          for: '2s',
          labels: { severity: 'warning' },
          annotations: { summary: 'the processors of {{ $labels.node }} have no time left' },
        },
      ],
    },
  ],
}

/** Nobody is notified: who wants to know asks. */
export const alertmanagerConfig: JsonObject = {
  route: {
    receiver: 'nobody',
    group_by: ['alertname', 'node'],
    group_wait: '1s',
    group_interval: '1s',
    repeat_interval: '1h',
  },
  receivers: [{ name: 'nobody' }],
}
