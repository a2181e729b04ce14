import type { Alert } from '../../api/alert.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { rfc3339, seconds } from '../../kernel/time.ts'
import { type AlertsSeen, alertFreshnessSecondsDefault, type SignalClaim } from './evidence.ts'

export type AlertSource = NonNullable<Signal['alert']>

/** Whether the alert of a signal fires for the node. Silenced and inhibited alerts fire: people hear less of them, we do not. */
export function alertClaim(
  signal: Pick<Signal, 'name' | 'freshnessSeconds'> & { readonly alert: AlertSource },
  nodeName: string,
  { seen, ageMs }: { readonly seen: AlertsSeen; readonly ageMs: number },
): SignalClaim {
  const { name, alert } = signal
  const freshnessSeconds = signal.freshnessSeconds ?? alertFreshnessSecondsDefault
  const unknown = { name, state: 'Unknown' } as const
  if (seen.kind === 'Known' && ageMs > seconds(freshnessSeconds)) {
    const message = `alert ${alert.name}: Alertmanager was last heard at ${rfc3339(seen.at)}, limit ${freshnessSeconds}s`
    return { ...unknown, reason: 'SignalStale', message }
  }
  const firing = seen.alerts.find((candidate) => isOf(alert, candidate) && nodeNameOf(candidate) === nodeName)
  if (firing !== undefined) {
    const saidSince = rfc3339(firing.startsAt)
    return {
      name,
      state: 'True',
      reason: undefined,
      message: `alert ${alert.name} fires since ${saidSince}`,
      saidSince,
    }
  }
  if (seen.kind === 'Unavailable')
    return { ...unknown, reason: seen.reason, message: `alert ${alert.name}: ${seen.message}` }
  return { name, state: 'False', reason: undefined, message: `alert ${alert.name} does not fire for this node` }
}

/** Whether this is an alert of the kind that the signal asks for, whichever node it is about. */
export const isOf = ({ name, labels = {} }: AlertSource, alert: Alert): boolean =>
  alert.labels['alertname'] === name && Object.entries(labels).every(([key, value]) => alert.labels[key] === value)

/**
 * The node that an alert is about, by the first of the labels that it carries: kube-state-metrics writes `node`, and its own
 * address into `instance`. Undefined: no node is named, and none is guessed.
 */
export function nodeNameOf({ labels }: Alert): string | undefined {
  const name = labels['node'] ?? labels['nodename'] ?? labels['instance']?.replace(/:\d+$/, '')
  return name === undefined || name === '' ? undefined : name
}
