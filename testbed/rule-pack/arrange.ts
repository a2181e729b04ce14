import { rmSync } from 'node:fs'
import type { JsonObject } from '../../src/kernel/json.ts'
import type { Layout } from '../layout.ts'
import { ensureRunning, stopService } from '../process/service.ts'
import type { Stage } from '../scenario/scenario.ts'
import {
  alertmanagerProcess,
  alertmanagerUrl,
  inventory,
  inventoryProcess,
  monitoringFolder,
  prometheusProcess,
  prometheusUrl,
  rulesAlertmanager,
  rulesPrometheus,
  setInventory,
  setTargets,
} from './monitoring.ts'

/** Prometheus with the shipped rules and its Alertmanager, without any past, gone when the story is over. */
export async function arrangeMonitoring(
  { bed: { layout }, afterwards, say }: Stage,
  nodes: readonly string[],
): Promise<void> {
  const stop = async (): Promise<void> => {
    for (const name of [prometheusProcess(''), alertmanagerProcess(''), inventoryProcess]) {
      await stopService(layout, name)
    }
  }
  await stop()
  afterwards('stopping the monitoring', stop)
  rmSync(monitoringFolder(layout), { recursive: true, force: true })
  setTargets(layout, [])
  setInventory(layout, nodes)
  await Promise.all(
    [inventory(layout), rulesAlertmanager(layout), rulesPrometheus(layout)].map((service) =>
      ensureRunning(layout, service),
    ),
  )
  say('Prometheus and Alertmanager run with the shipped rules')
}

/** Who the operator asks in these stories. */
export const monitoringSettings = (layout: Layout): JsonObject => ({
  alertmanagers: [{ name: 'rules', url: alertmanagerUrl(layout) }],
  prometheuses: [{ name: 'rules', url: prometheusUrl(layout) }],
})
