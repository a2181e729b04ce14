import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answersOk } from '../control-plane/look.ts'
import type { Layout } from '../layout.ts'
import { findProgram } from '../prerequisites.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'
import { alertmanagerConfig, alertRules, prometheusConfig } from './config.ts'

export const alertingServices = (layout: Layout): readonly Service[] => [
  metricsEndpoint(layout),
  alertmanager(layout),
  prometheus(layout),
]

export const bedAlertmanagerUrl = ({ ports }: Layout): string => `http://127.0.0.1:${ports.alertmanager}`

/** What Prometheus scrapes: stories write it. */
export const metricsPath = (layout: Layout): string => join(layout.run, 'metrics.prom')

function metricsEndpoint(layout: Layout): Service {
  const path = metricsPath(layout)
  if (!existsSync(path)) writeFileSync(path, '')
  const port = String(layout.ports.metrics)
  return {
    name: 'metrics',
    program: process.execPath,
    args: [fileURLToPath(import.meta.resolve('./metrics-endpoint.ts')), port, path],
    ready: () => answersOk({ url: `http://127.0.0.1:${port}/metrics` }),
  }
}

function alertmanager({ run, ports }: Layout): Service {
  const config = join(run, 'alertmanager.json')
  writeFileSync(config, JSON.stringify(alertmanagerConfig))
  return {
    name: 'alertmanager',
    program: findProgram('prometheus-alertmanager') ?? 'prometheus-alertmanager',
    args: flagsOf({
      'config.file': config,
      'storage.path': join(run, 'alertmanager'),
      'web.listen-address': `127.0.0.1:${ports.alertmanager}`,
      'cluster.listen-address': '',
    }),
    ready: () => answersOk({ url: `http://127.0.0.1:${ports.alertmanager}/-/ready` }),
  }
}

function prometheus({ run, ports }: Layout): Service {
  const [config, rules] = [join(run, 'prometheus.json'), join(run, 'prometheus-rules.json')]
  writeFileSync(rules, JSON.stringify(alertRules))
  writeFileSync(
    config,
    JSON.stringify(prometheusConfig({ rules, metrics: ports.metrics, alertmanager: ports.alertmanager })),
  )
  return {
    name: 'prometheus',
    program: findProgram('prometheus') ?? 'prometheus',
    args: flagsOf({
      'config.file': config,
      'storage.tsdb.path': join(run, 'prometheus'),
      'web.listen-address': `127.0.0.1:${ports.prometheus}`,
    }),
    ready: () => answersOk({ url: `http://127.0.0.1:${ports.prometheus}/-/ready` }),
  }
}
