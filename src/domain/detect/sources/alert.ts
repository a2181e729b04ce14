import type { Alert } from '../../../api/alert.ts'
import { pollSeconds } from '../../../api/pacing.ts'
import type { Signal, SignalOf } from '../../../api/v1alpha1/signal.ts'
import { type Mono, rfc3339, seconds } from '../../../kernel/time.ts'
import { passesHealthCheck } from '../health-check.ts'
import { clearedByRule } from './alert-rule.ts'
import { isFrom, type Said, saidBy } from './alert-source.ts'
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
function claim(signal: SignalOf<'alert'>, look: Look): Claim {
  const { alert } = signal
  const said = heardOf(signal, look)
  const firing = firingFor(alert, said, look)
  if (firing !== undefined) {
    const isOver = hasLapsed(firing.alert, look.mono)
    const saidLast = isOver ? lapsedClaim(alert.name, firing.alert) : firingClaim(alert.name, firing.alert)
    return { ...saidLast, sampledAt: firing.atMono }
  }
  const doubtful = doubtfulFor(alert, said, look)
  if (doubtful !== undefined) return doubtfulClaim(alert.name, doubtful.about ?? [])
  if (said.silence !== undefined) return { ...said.silence, message: `alert ${alert.name}: ${said.silence.message}` }
  return { state: 'False', message: `alert ${alert.name} does not fire for this node`, sampledAt: oldest(said)?.atMono }
}

const heardOf = ({ alert, freshnessSeconds }: SignalOf<'alert'>, { sources, mono }: Look): Said =>
  saidBy(sources.alerts, {
    source: alert.source,
    freshnessSeconds: freshnessSeconds ?? alertFreshnessSeconds,
    mono,
  })

/** All of them have answered since. */
const oldest = ({ answers }: Said): Said['answers'][number] | undefined =>
  answers.toSorted((left, right) => left.atMono - right.atMono)[0]

/** When an alert that fires lapses; the poll wakes whom a silence concerns, but for a limit of its own. */
function changesInMs(signal: SignalOf<'alert'>, look: Look): number | undefined {
  const { alert, freshnessSeconds } = signal
  const said = heardOf(signal, look)
  const { lapsesMono } = firingFor(alert, said, look)?.alert ?? {}
  const answers = freshnessSeconds === undefined ? [] : said.answers
  const waits = [
    ...(lapsesMono === undefined ? [] : [lapsesMono - look.mono]),
    ...answers.map(({ atMono }) =>
      staleInMs(seconds(freshnessSeconds ?? 0), look.mono - atMono, seconds(pollSeconds.alert)),
    ),
  ].filter((ms) => ms > 0)
  return waits.length === 0 ? undefined : Math.min(...waits)
}

/** Of several that list it, one that heard of it lately. */
function firingFor(alert: AlertSettings, { listed }: Said, { node, mono }: Look): Said['listed'][number] | undefined {
  const own = listed.filter((one) => isOf(alert, one.alert) && nodeNameOf(one.alert) === node.metadata.name)
  return own.find((one) => !hasLapsed(one.alert, mono)) ?? own[0]
}

const doubtfulFor = (alert: AlertSettings, { listed }: Said, { node }: Look): Alert | undefined =>
  listed.find((one) => isOf(alert, one.alert) && one.alert.about?.includes(node.metadata.name) === true)?.alert

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
  const answer = claim(signal, seen)
  if (answer.state !== 'False') return { cleared: false, message: answer.message }
  const { at } = oldest(heardOf(signal, seen)) ?? {}
  if (at === undefined || at <= seen.treatedAt) {
    const heard = at === undefined ? 'never heard' : `last heard at ${rfc3339(at)}, before the treatment`
    return { cleared: false, message: `Alertmanager was ${heard}` }
  }
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
