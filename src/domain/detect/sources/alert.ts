import type { Alert } from '../../../api/alert.ts'
import { pollSeconds } from '../../../api/pacing.ts'
import type { Signal, SignalOf } from '../../../api/v1alpha1/signal.ts'
import { type Mono, rfc3339, seconds } from '../../../kernel/time.ts'
import { passesHealthCheck } from '../health-check.ts'
import { clearedByRule } from './alert-rule.ts'
import { isFrom, saidBy } from './alert-source.ts'
import { nodeNameIn } from './node-identity.ts'
import { type Claim, type ClearedAnswer, type Clearing, type Look, type SourceRules, staleInMs } from './source.ts'

type AlertSettings = NonNullable<Signal['alert']>

/** Four polls of 30 s. */
export const alertFreshnessSeconds = 120

export const alertSource: SourceRules<'alert'> = {
  freshnessSeconds: alertFreshnessSeconds,
  bootGraceSeconds: 0,
  claim,
  changesInMs,
  cleared,
}

/** Whether the alert fires for the node. Silenced and inhibited alerts fire: people hear less of them, we do not. */
function claim({ alert, freshnessSeconds = alertFreshnessSeconds }: SignalOf<'alert'>, look: Look): Claim {
  const seen = saidBy(look.sources.alerts, alert.source)
  if (seen.kind === 'Known' && look.mono - seen.atMono > seconds(freshnessSeconds)) {
    const message = `alert ${alert.name}: Alertmanager was last heard at ${rfc3339(seen.at)}, limit ${freshnessSeconds}s`
    return { state: 'Unknown', reason: 'SignalStale', message }
  }
  const nodeName = look.node.metadata.name
  const firing = firingFor(alert, look)
  const sampled = seen.kind === 'Known' ? { sampledAt: seen.atMono } : {}
  if (firing !== undefined) {
    const saidLast = hasLapsed(firing, look.mono) ? lapsedClaim(alert.name, firing) : firingClaim(alert.name, firing)
    return { ...saidLast, ...sampled }
  }
  const doubtful = seen.alerts.find(
    (candidate) => isOf(alert, candidate) && candidate.about?.includes(nodeName) === true,
  )
  if (doubtful !== undefined) return doubtfulClaim(alert.name, doubtful.about ?? [])
  if (seen.kind === 'Unavailable')
    return { state: 'Unknown', reason: seen.reason, message: `alert ${alert.name}: ${seen.message}` }
  return { state: 'False', message: `alert ${alert.name} does not fire for this node`, ...sampled }
}

/** When an alert that fires lapses; the poll wakes whom its own silence concerns, by its own limit. */
function changesInMs({ alert, freshnessSeconds }: SignalOf<'alert'>, look: Look): number | undefined {
  const { lapsesMono } = firingFor(alert, look) ?? {}
  const seen = saidBy(look.sources.alerts, alert.source)
  const waits = [
    lapsesMono === undefined ? 0 : lapsesMono - look.mono,
    freshnessSeconds === undefined || seen.kind === 'Unavailable'
      ? 0
      : staleInMs(seconds(freshnessSeconds), look.mono - seen.atMono, seconds(pollSeconds.alert)),
  ].filter((ms) => ms > 0)
  return waits.length === 0 ? undefined : Math.min(...waits)
}

/** Of several that list it, one that heard of it lately. */
function firingFor(alert: AlertSettings, { sources, node, mono }: Look): Alert | undefined {
  const listed = saidBy(sources.alerts, alert.source).alerts.filter(
    (candidate) => isOf(alert, candidate) && nodeNameOf(candidate) === node.metadata.name,
  )
  return listed.find((candidate) => !hasLapsed(candidate, mono)) ?? listed[0]
}

/** Neither trouble nor health: it is about this node or about one that bears nearly the same name. */
const doubtfulClaim = (name: string, about: readonly string[]): Claim => ({
  state: 'Unknown',
  reason: 'SignalMissing',
  message: `alert ${name} fires for one of ${about.slice(0, 3).join(', ')}, and its labels do not tell for which`,
})

function firingClaim(name: string, { startsAt }: Alert): Claim {
  const saidSince = rfc3339(startsAt)
  return { state: 'True', message: `alert ${name} fires since ${saidSince}`, saidSince }
}

const hasLapsed = ({ lapsesMono }: Alert, now: Mono): boolean => lapsesMono !== undefined && lapsesMono <= now

/** Its Prometheus may be dead, or cut off, or what answers for the Alertmanager repeats an old list. */
const lapsedClaim = (name: string, { updatedAt, endsAt = updatedAt }: Alert): Claim => ({
  state: 'Unknown',
  reason: 'SignalStale',
  message: `alert ${name} was last sent at ${rfc3339(updatedAt)}, and not again by ${rfc3339(endsAt)}`,
})

/**
 * An alert that fell silent proves nothing by itself: its rule may mute cordoned nodes, its Prometheus may be dead. What the policy
 * names must show it as well: the evaluation of its rule, a check, or both.
 */
function cleared(signal: SignalOf<'alert'>, seen: Clearing): ClearedAnswer {
  const alerts = saidBy(seen.sources.alerts, signal.alert.source)
  if (alerts.kind === 'Unavailable') return { cleared: false, message: alerts.message }
  if (alerts.at <= seen.treatedAt) {
    return { cleared: false, message: `Alertmanager was last heard at ${rfc3339(alerts.at)}, before the treatment` }
  }
  const answer = claim(signal, seen)
  if (answer.state !== 'False') return { cleared: false, message: answer.message }
  const proofs = [
    ...(signal.alert.clearedBy === undefined ? [] : [clearedByRule(signal, seen)]),
    ...(signal.clearedWhen === undefined ? [] : [passesHealthCheck(signal.clearedWhen.healthCheck, seen)]),
  ]
  if (proofs.length === 0) {
    return { cleared: false, message: `${answer.message}, but nothing shows that its rule was evaluated since` }
  }
  const message = [answer, ...proofs].map((proof) => proof.message).join('; ')
  return { cleared: proofs.every((proof) => proof.cleared), message }
}

/** Whether this is an alert of the kind that the signal asks for, whichever node it is about. */
export const isOf = ({ name, labels = {}, source }: AlertSettings, alert: Alert): boolean =>
  isFrom(alert, source) &&
  alert.labels['alertname'] === name &&
  Object.entries(labels).every(([key, value]) => alert.labels[key] === value)

/** Undefined: no node is named, or several are, and none is guessed. */
export function nodeNameOf({ about, labels }: Alert): string | undefined {
  if (about === undefined) return nodeNameIn(labels)
  return about.length === 1 ? about[0] : undefined
}
