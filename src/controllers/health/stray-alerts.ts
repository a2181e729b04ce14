import { isOf, nodeNameOf } from '../../domain/detect/sources/alert.ts'
import type { HealthPorts } from './ports.ts'

/**
 * Says once of every alert that a policy asks for and that is about no node we know: it is dropped, and no node is guessed.
 * Forgotten when it no longer fires, so that its return is told again.
 */
export function reportStrayAlerts({
  alerts,
  prepared,
  nodes,
  log,
}: Pick<HealthPorts, 'alerts' | 'prepared' | 'nodes' | 'log'>): void {
  let told: ReadonlySet<string> = new Set()
  alerts.onChange(() => {
    const sources = prepared.list().flatMap(({ spec }) => spec.signals.flatMap(({ alert }) => alert ?? []))
    const stray = alerts.seen().alerts.filter((alert) => {
      const nodeName = nodeNameOf(alert)
      const isKnown = nodeName !== undefined && nodes.get({ name: nodeName }) !== undefined
      return !isKnown && sources.some((source) => isOf(source, alert))
    })
    for (const alert of stray) {
      if (told.has(alert.fingerprint)) continue
      const named = nodeNameOf(alert) ?? 'none'
      log.warn('Dropped alert without a known node', { alert: alert.labels['alertname'] ?? '', named })
    }
    told = new Set(stray.map(({ fingerprint }) => fingerprint))
  })
}
