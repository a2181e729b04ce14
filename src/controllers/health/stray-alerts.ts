import type { Alert } from '../../api/alert.ts'
import { type StrayReason, strayAlertsMetric, strayReasons } from '../../api/metric-definitions.ts'
import { isOf } from '../../domain/detect/sources/alert.ts'
import { nodeNameIn } from '../../domain/detect/sources/node-identity.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { HealthPorts } from './ports.ts'

/**
 * Says once of every alert that a policy asks for and that is about no node for certain: it is dropped, and no node is guessed.
 * Forgotten when it no longer fires, so that its return is told again.
 */
export function reportStrayAlerts({
  alerts,
  prepared,
  log,
  meter,
}: Pick<HealthPorts, 'alerts' | 'prepared' | 'log' | 'meter'>): void {
  const strays = (): readonly Alert[] => {
    const asked = prepared.list().flatMap(({ spec }) => spec.signals.flatMap(({ alert }) => alert ?? []))
    return alerts.seen().alerts.filter((alert) => isStray(alert) && asked.some((settings) => isOf(settings, alert)))
  }
  const gauge = meter.gauge(strayAlertsMetric)
  for (const reason of strayReasons)
    gauge.read({ reason }, () => strays().filter((alert) => strayReason(alert) === reason).length)
  let told: ReadonlySet<string> = new Set()
  alerts.onChange(() => {
    const stray = strays()
    const untold = stray.filter(({ fingerprint }) => !told.has(fingerprint))
    for (const alert of untold.slice(0, toldAtOnceMax)) {
      const reason = strayReason(alert)
      log.warn('Dropped alert without a node that is certain', {
        alert: safeText(alert.labels['alertname'] ?? ''),
        reason,
        named: safeText(alert.about?.join(', ') || (nodeNameIn(alert.labels) ?? 'none')),
      })
    }
    const more = untold.length - toldAtOnceMax
    if (more > 0) log.warn('Dropped more alerts without a node that is certain', { alerts: more })
    told = new Set(stray.map(({ fingerprint }) => fingerprint))
  })
}

/** Enough to see what is wrong; how many there are the metric tells. */
const toldAtOnceMax = 20

const isStray = ({ about }: Alert): boolean => about?.length !== 1

function strayReason({ about = [], labels }: Alert): StrayReason {
  if (about.length > 1) return 'SeveralNodes'
  return nodeNameIn(labels) === undefined ? 'NoNodeNamed' : 'UnknownNode'
}
