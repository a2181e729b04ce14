import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../../../src/kernel/json.ts'
import { answersOk } from '../../control-plane/look.ts'
import type { Layout } from '../../layout.ts'
import { ensureRunning, type Service, stopService } from '../../process/service.ts'
import { detectorProcess } from '../../rule-pack/detector.ts'
import {
  alertmanagerProcess,
  inventory,
  inventoryProcess,
  monitoringFolder,
  prometheusProcess,
  rulesAlertmanager,
  rulesPrometheus,
  setInventory,
  setTargets,
  type Twin,
} from '../../rule-pack/monitoring.ts'
import { type ExporterSlot, exporterPort, exporterProcess, nodeExporter } from '../../rule-pack/node-exporter.ts'
import type { Stage } from '../../scenario/scenario.ts'

export const twins: readonly Twin[] = ['', 'B']

/** Nodes that tell of their memory, and which of the two Prometheuses looks at them: each has a part of the fleet. */
const exporting = [
  { node: 'query-well', slot: '', twin: '' },
  { node: 'query-sick', slot: 'B', twin: 'B' },
  { node: 'alert-sick', slot: 'C', twin: '' },
] as const satisfies readonly { readonly node: string; readonly slot: ExporterSlot; readonly twin: Twin }[]

export const nodeNames = ['query-well', 'query-sick', 'alert-well', 'alert-sick', 'detector-sick'] as const
export type NodeName = (typeof nodeNames)[number]

const standFolder = (layout: Layout): string => join(layout.run, 'source-failures')

/** Two Prometheuses, two Alertmanagers that hear both, and the lines on which the operator asks all four. */
export async function arrangeSources({ bed: { layout }, afterwards, say }: Stage): Promise<void> {
  const stop = (): Promise<unknown> => Promise.all(processes.map((name) => stopService(layout, name)))
  await stop()
  afterwards('stopping the sources', stop)
  for (const folder of [monitoringFolder(layout), standFolder(layout)]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  writeFileSync(tokenPath(layout), token)
  setInventory(layout, nodeNames)
  for (const { node } of exporting) setMemory(layout, node, 'Enough')
  for (const twin of twins) {
    const seen = exporting.filter((each) => each.twin === twin)
    setTargets(
      layout,
      seen.map(({ node, slot }) => ({ node, port: exporterPort(layout, slot) })),
      twin,
    )
  }
  const exporters = exporting.map(({ node, slot }) =>
    nodeExporter(layout, { collectors: ['meminfo'], procfs: procOf(layout, node), slot }),
  )
  const servers = twins.flatMap((twin) => [rulesPrometheus(layout, twin), loudAlertmanager(layout, twin)])
  await Promise.all(
    [inventory(layout), slowLine(layout), ...exporters, ...servers].map((service) => ensureRunning(layout, service)),
  )
  say('two Prometheuses and two Alertmanagers run with the shipped rules')
}

const slowLineProcess = 'slow-line'

const processes: readonly string[] = [
  detectorProcess,
  ...twins.flatMap((twin) => [prometheusProcess(twin), alertmanagerProcess(twin)]),
  ...exporting.map(({ slot }) => exporterProcess(slot)),
  inventoryProcess,
  slowLineProcess,
]

const procOf = (layout: Layout, node: string): string => join(standFolder(layout), node, 'proc')

/** What node_exporter reads of this node. Less than 100 MiB is what the rules call nearly gone. */
export function setMemory(layout: Layout, node: string, memory: 'Enough' | 'NearlyGone'): void {
  const path = join(procOf(layout, node), 'meminfo')
  mkdirSync(join(path, '..'), { recursive: true })
  const [total, available] = [16_000_000, memory === 'Enough' ? 12_000_000 : 50_000]
  writeFileSync(`${path}.new`, `MemTotal: ${total} kB\nMemFree: ${available} kB\nMemAvailable: ${available} kB\n`)
  renameSync(`${path}.new`, path)
}

/** Sends every change at once, again every second, and leaves out all alerts of a message but one. */
export const loudAlertmanager = (layout: Layout, twin: Twin): Service =>
  rulesAlertmanager(layout, twin, {
    route: { receiver: 'operator', group_wait: '1s', group_interval: '1s', repeat_interval: '1s' },
    receivers: [
      {
        name: 'operator',
        webhook_configs: [
          {
            url: `http://127.0.0.1:${layout.ports.receiver}/webhooks/alertmanager`,
            max_alerts: 1,
            http_config: { authorization: { credentials_file: tokenPath(layout) } },
          },
        ],
      },
    ],
  })

const tokenPath = (layout: Layout): string => join(standFolder(layout), 'token')
const token = 'of-the-testbed'

type Line = 'delay' | 'delayB' | 'delayC' | 'delayD'

function slowLine(layout: Layout): Service {
  const { ports } = layout
  const pairs: readonly (readonly [number, number])[] = [
    [ports.delay, ports.rulesPrometheus],
    [ports.delayB, ports.rulesPrometheusB],
    [ports.delayC, ports.rulesAlertmanager],
    [ports.delayD, ports.rulesAlertmanagerB],
  ]
  const program = fileURLToPath(import.meta.resolve('../../rule-pack/slow-line.ts'))
  return {
    name: slowLineProcess,
    program: process.execPath,
    args: [program, delaysPath(layout), ...pairs.map(([from, to]) => `${from}:${to}`)],
    ready: () => answersOk({ url: `http://127.0.0.1:${ports.delay}/-/ready` }),
  }
}

const delaysPath = (layout: Layout): string => join(standFolder(layout), 'delays.json')

/** Every request on these lines is passed on so late; the others at once. */
export function setDelays(layout: Layout, lines: readonly Line[], ms: number): void {
  const delays = Object.fromEntries(lines.map((line) => [String(layout.ports[line]), ms]))
  writeFileSync(`${delaysPath(layout)}.new`, JSON.stringify(delays))
  renameSync(`${delaysPath(layout)}.new`, delaysPath(layout))
}

/** The operator asks by way of the lines, and hears the webhooks. */
export const sourceSettings = (layout: Layout): JsonObject => {
  const url = (line: Line): string => `http://127.0.0.1:${layout.ports[line]}`
  return {
    prometheuses: [
      { name: 'one', url: url('delay') },
      { name: 'two', url: url('delayB') },
    ],
    alertmanagers: [
      { name: 'one', url: url('delayC') },
      { name: 'two', url: url('delayD') },
    ],
    receiver: { host: '127.0.0.1', port: layout.ports.receiver, bearerTokenFiles: [tokenPath(layout)] },
  }
}
