import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type JsonObject, listAt } from '../../src/kernel/json.ts'
import { alertmanagerConfig, lapseSeconds } from '../alerting/config.ts'
import { answersOk, look } from '../control-plane/look.ts'
import { systemUuidOf } from '../kwok/nodes.ts'
import type { Layout } from '../layout.ts'
import { findProgram } from '../prerequisites.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'
import { readRuleFiles, withoutHolds } from './shipped.ts'

/** Two of each, so that one may fail. */
export type Twin = '' | 'B'

export const prometheusProcess = (twin: Twin): string => `rules-prometheus${twin}`
export const alertmanagerProcess = (twin: Twin): string => `rules-alertmanager${twin}`

export const prometheusUrl = ({ ports }: Layout, twin: Twin = ''): string =>
  `http://127.0.0.1:${ports[`rulesPrometheus${twin}`]}`
export const alertmanagerUrl = ({ ports }: Layout, twin: Twin = ''): string =>
  `http://127.0.0.1:${ports[`rulesAlertmanager${twin}`]}`

export const inventoryProcess = 'inventory'

export const monitoringFolder = ({ run }: Layout): string => join(run, 'monitoring')

/** What Prometheus scrapes, by node. */
export function setTargets(layout: Layout, targets: readonly Target[], twin: Twin = ''): void {
  replaceFile(
    targetsPath(layout, twin),
    JSON.stringify(targets.map(({ node, port }) => ({ targets: [`127.0.0.1:${port}`], labels: { node } }))),
  )
}

interface Target {
  readonly node: string
  readonly port: number
}

const targetsPath = (layout: Layout, twin: Twin): string => join(monitoringFolder(layout), `targets${twin}.json`)

/** What kube-state-metrics would say of the nodes. */
export function setInventory(layout: Layout, nodes: readonly string[]): void {
  const lines = nodes.map((name) => `kube_node_info{node="${name}",system_uuid="${systemUuidOf(name)}"} 1\n`)
  replaceFile(inventoryPath(layout), lines.join(''))
}

const inventoryPath = (layout: Layout): string => join(monitoringFolder(layout), 'inventory.prom')

function replaceFile(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

export function inventory(layout: Layout): Service {
  const port = String(layout.ports.inventory)
  return {
    name: inventoryProcess,
    program: process.execPath,
    args: [fileURLToPath(import.meta.resolve('../alerting/metrics-endpoint.ts')), port, inventoryPath(layout)],
    ready: () => answersOk({ url: `http://127.0.0.1:${port}/metrics` }),
  }
}

/** Where it keeps its samples. */
export const prometheusData = (layout: Layout, twin: Twin): string =>
  join(monitoringFolder(layout), `prometheus${twin}`)

/** What a Prometheus looks at: nodes and their inventory, the inventory alone, or nothing any more. */
type Scrapes = 'All' | 'Inventory' | 'Nothing'

/** With every shipped rule. It looks once a second. */
export function rulesPrometheus(layout: Layout, twin: Twin = '', scrapes: Scrapes = 'All'): Service {
  const rules = rulesPath(layout, twin)
  mkdirSync(rules, { recursive: true })
  for (const [file, content] of readRuleFiles(layout)) {
    writeFileSync(join(rules, file), JSON.stringify(withoutHolds(content)))
  }
  const config = join(monitoringFolder(layout), `prometheus${twin}.json`)
  writeFileSync(config, JSON.stringify(prometheusConfig(layout, twin, scrapes)))
  return {
    name: prometheusProcess(twin),
    program: findProgram('prometheus') ?? 'prometheus',
    args: flagsOf({
      'config.file': config,
      'storage.tsdb.path': prometheusData(layout, twin),
      // so an alert of which nobody speaks any more lapses soon, and not after four minutes
      'rules.alert.resend-delay': `${lapseSeconds / 4}s`,
      'web.listen-address': prometheusUrl(layout, twin).replace('http://', ''),
    }),
    ready: () => answersOk({ url: `${prometheusUrl(layout, twin)}/-/ready` }),
  }
}

/** Of its own: whoever starts reads them while those of the other may be written. */
const rulesPath = (layout: Layout, twin: Twin): string => join(monitoringFolder(layout), `rules${twin}`)

const prometheusConfig = (layout: Layout, twin: Twin, scrapes: Scrapes): JsonObject => {
  const exporters = {
    job_name: 'node-exporter',
    file_sd_configs: [{ files: [targetsPath(layout, twin)], refresh_interval: '1s' }],
  }
  const stateMetrics = {
    job_name: 'kube-state-metrics',
    honor_labels: true,
    static_configs: [{ targets: [`127.0.0.1:${layout.ports.inventory}`] }],
  }
  const alertmanagers = (['', 'B'] as const).map((each) => alertmanagerUrl(layout, each).replace('http://', ''))
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(rulesPath(layout, twin), '*.yaml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: { All: [exporters, stateMetrics], Inventory: [stateMetrics], Nothing: [] }[scrapes],
  }
}

export function rulesAlertmanager(layout: Layout, twin: Twin = '', changes: JsonObject = {}): Service {
  const folder = monitoringFolder(layout)
  const config = join(folder, `alertmanager${twin}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(config, JSON.stringify({ ...alertmanagerConfig, ...changes }))
  return {
    name: alertmanagerProcess(twin),
    program: findProgram('prometheus-alertmanager') ?? 'prometheus-alertmanager',
    args: flagsOf({
      'config.file': config,
      'storage.path': join(folder, `alertmanager${twin}`),
      'web.listen-address': alertmanagerUrl(layout, twin).replace('http://', ''),
      'cluster.listen-address': '',
    }),
    ready: () => answersOk({ url: `${alertmanagerUrl(layout, twin)}/-/ready` }),
  }
}

/** How many series Prometheus has for this now. */
export async function seriesOf(layout: Layout, query: string, twin: Twin = ''): Promise<number> {
  const url = `${prometheusUrl(layout, twin)}/api/v1/query?query=${encodeURIComponent(query)}`
  const { status, text } = await look({ url })
  if (status !== 200) throw new Error(`asking Prometheus: status ${status}`)
  return listAt(JSON.parse(text), 'data', 'result').length
}
