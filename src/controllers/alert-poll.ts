import type { Alert } from '../api/alert.ts'
import { alertStartGraceSeconds } from '../api/pacing.ts'
import type { AlertSourceSeen, AlertsSeen } from '../domain/detect/evidence.ts'
import { alertFreshnessSeconds, nodeNameOf } from '../domain/detect/sources/alert.ts'
import type { SourceHealth } from '../domain/policy/source-health.ts'
import { type Instant, instant, type Mono, mono, seconds } from '../kernel/time.ts'
import type { AlertList, Alerts, HintAnswer } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/journal.ts'
import type { Meter } from '../ports/meter.ts'
import { Complaint, causeText } from '../runtime/complaint.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import type { NodeIdentity } from './node-identity.ts'
import { SourceMeter } from './source-meter.ts'

export interface AlertPollPorts {
  readonly clock: Clock
  readonly alerts: readonly Alerts[]
  readonly log: Log
  /** Tells which nodes alerts are about. Left out: their labels are taken at their word. */
  readonly identity?: Pick<NodeIdentity, 'of' | 'version'> | undefined
  /** Whether this replica acts on what is heard. Left out: it does. */
  readonly leads?: (() => boolean) | undefined
  /** Left out: nobody looks. */
  readonly meter?: Meter | undefined
}

export interface AlertPollOptions {
  readonly everyMs: number
  /** How long after its start an Alertmanager may not have been told of every alert that fires; 0: it always has. Left out: 240 s. */
  readonly startGraceMs?: number | undefined
}

/** However many hints come, nobody is polled more often. */
const hintGapMs = seconds(1)

/** Nodes whose alerts have come or gone; `everything` when a source was lost or is back. Alerts without a node name nobody. */
export interface AlertChange {
  readonly everything: boolean
  readonly nodeNames: readonly string[]
}

/**
 * Polls every Alertmanager and shares what it heard. One source that cannot be asked makes every absence doubtful; what another
 * still lists fires all the same. One lost poll is no outage: the last good one counts until it is too old.
 */
export class AlertPoll {
  readonly #ports: AlertPollPorts
  readonly #sources: readonly Source[]
  readonly #everyMs: number
  readonly #startGraceMs: number
  readonly #handlers = new Set<(change: AlertChange) => void>()
  readonly #waiting = new Set<() => void>()
  readonly #meter: SourceMeter
  #isRunning = false
  #isHinted = false
  #wake = (): void => {}
  #polling: Promise<void> | undefined
  #hasPolled = false
  #told: AlertsSeen | undefined

  constructor(ports: AlertPollPorts, { everyMs, startGraceMs = seconds(alertStartGraceSeconds) }: AlertPollOptions) {
    this.#ports = ports
    this.#everyMs = everyMs
    this.#startGraceMs = startGraceMs
    this.#meter = new SourceMeter({ meter: ports.meter ?? new MetricsRegistry(), clock: ports.clock }, 'alert')
    const since = ports.clock.mono()
    this.#sources = ports.alerts.map((alerts) => ({
      alerts,
      complaint: new Complaint(ports.log),
      good: undefined,
      failingSince: since,
      problem: 'it has not been asked yet',
    }))
  }

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    this.#isRunning = true
    while (!signal.aborted) {
      const beganAt = clock.mono()
      // A poll under way may have asked before the hint came.
      if (this.#isHinted) await this.#polling
      this.#isHinted = false
      await this.#poll()
      await this.#rest(signal)
      const earlyMs = beganAt + hintGapMs - clock.mono()
      if (this.#isHinted && earlyMs > 0) await clock.sleep(earlyMs, signal)
    }
    this.#isRunning = false
  }

  /** Somebody says that there is news: it is asked for now, and never believed. A hint is only taken where somebody acts on it. */
  readonly hint = (): HintAnswer => {
    if (!this.#isRunning || this.#sources.length === 0) return 'NotPolled'
    this.#isHinted = true
    this.#wake()
    const { leads = () => true } = this.#ports
    return leads() ? 'Taken' : 'NotLeading'
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (this.#isHinted || signal.aborted) return
    const nap = new AbortController()
    const wake = (): void => nap.abort()
    this.#wake = wake
    signal.addEventListener('abort', wake, { once: true })
    await this.#ports.clock.sleep(this.#everyMs, nap.signal)
    signal.removeEventListener('abort', wake)
  }

  /** Resolves with the first poll, good or bad, or when the signal is aborted. */
  readonly whenPolled = async (signal: AbortSignal): Promise<void> => {
    if (this.#hasPolled || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  onChange(handler: (change: AlertChange) => void): void {
    this.#handlers.add(handler)
  }

  /** What was heard lately enough for a signal that names no limit. */
  readonly seen = (): AlertsSeen => this.#since(this.#ordinaryLimit())

  /** What was heard last of one node, however long ago: how old is too old is for its signals to say. */
  readonly known = (nodeName: string): AlertsSeen => this.#since(this.#ordinaryLimit(), { nodeName, kept: ever })

  #ordinaryLimit(): Mono {
    return mono(this.#ports.clock.mono() - seconds(alertFreshnessSeconds))
  }

  readonly health = (): readonly SourceHealth[] => {
    const [now, oldest] = [this.#ports.clock.mono(), this.#ordinaryLimit()]
    return this.#sources.map((source) => ({
      kind: 'alert',
      name: source.alerts.name,
      problem: problemOf(source, oldest),
      heardMsAgo: source.good && now - source.good.atMono,
    }))
  }

  /** Polls now, or joins the poll under way: what licenses an act must not be older than the question. */
  readonly fresh = async (nodeName: string): Promise<AlertsSeen> => {
    const askedAt = this.#ports.clock.mono()
    await this.#polling
    await this.#poll()
    return this.#since(askedAt, { nodeName })
  }

  /** `oldest`: what counts as an answer. `kept`: what is handed on all the same. */
  #since(oldest: Mono, { nodeName, kept = oldest }: Wanted = {}): AlertsSeen {
    const sources = this.#sources.map((source) => sourceSeen(source, kept))
    const good = this.#sources.flatMap((source) => (isCurrent(source, kept) ? (source.good ?? []) : []))
    const alerts = good.flatMap((heard) => {
      const all = this.#identified(heard)
      return nodeName === undefined ? all : (byNodeOf(heard).get(nodeName) ?? [])
    })
    const silent = this.#sources.find((source) => problemOf(source, oldest) !== undefined)
    if (silent !== undefined || good.length === 0) {
      return {
        kind: 'Unavailable',
        reason: 'SourceUnavailable',
        message: silent ? `${silent.alerts.name}: ${problemOf(silent, oldest)}` : 'no Alertmanager is configured',
        sinceMono: silent?.failingSince ?? oldest,
        alerts,
        sources,
      }
    }
    const at = instant(Math.min(...good.map((heard) => heard.at)))
    return { kind: 'Known', at, atMono: mono(Math.min(...good.map((heard) => heard.atMono))), alerts, sources }
  }

  /** Anew whenever nodes have come or gone: an alert may have found its node, or a second one. */
  #identified(heard: Heard): readonly Alert[] {
    const { identity } = this.#ports
    if (identity === undefined) return heard.alerts
    if (heard.identifiedBy !== identity.version) {
      heard.identifiedBy = identity.version
      heard.alerts = heard.alerts.map((alert) => ({ ...alert, about: identity.of(alert.labels) }))
      heard.byNode = undefined
    }
    return heard.alerts
  }

  async #poll(): Promise<void> {
    this.#polling ??= this.#askAll()
    await this.#polling
  }

  async #askAll(): Promise<void> {
    await Promise.all(this.#sources.map(async (source) => await this.#ask(source)))
    this.#polling = undefined
    this.#hasPolled = true
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
    this.#tell()
  }

  async #ask(source: Source): Promise<void> {
    const { clock } = this.#ports
    const [at, atMono] = [clock.now(), clock.mono()]
    const { name } = source.alerts
    try {
      const { alerts: listed, up } = await source.alerts.list()
      const before = bySending(source.good?.alerts ?? [])
      const alerts = listed.map((alert) => ({
        ...alert,
        source: name,
        lapsesMono: lapseOf(alert, before, { at, atMono }),
      }))
      source.good = { at, atMono, alerts, doubt: doubtOf(up, this.#startGraceMs) }
      source.failingSince = undefined
      source.complaint.over('Polled Alertmanager again', { source: name })
      this.#meter.answered(name, atMono)
    } catch (error) {
      this.#meter.failed(name, error)
      source.failingSince ??= atMono
      source.problem = causeText(error)
      source.complaint.about('Could not poll Alertmanager', error, { source: name })
    }
  }

  #tell(): void {
    const [before, now] = [this.#told, this.seen()]
    this.#told = now
    const everything = before === undefined || voicesOf(before) !== voicesOf(now)
    const mono = this.#ports.clock.mono()
    const changed = changedAlerts(before?.alerts ?? [], now.alerts, (alert) => keyOf(alert, mono))
    if (!everything && changed.length === 0) return
    const nodeNames = [...new Set(changed.flatMap(nodesOf))].toSorted()
    for (const handler of this.#handlers) handler({ everything, nodeNames })
  }
}

interface Wanted {
  /** Left out: all. */
  readonly nodeName?: string
  readonly kept?: Mono
}

const ever = mono(Number.NEGATIVE_INFINITY)

interface Heard {
  readonly at: Instant
  readonly atMono: Mono
  /** Why what it does not list may fire all the same. */
  readonly doubt: string | undefined
  alerts: readonly Alert[]
  /** The version of `NodeIdentity`. */
  identifiedBy?: number
  /** Made when somebody asks: in a storm every node asks for its own. */
  byNode?: ReadonlyMap<string, readonly Alert[]> | undefined
}

interface Source {
  readonly alerts: Alerts
  readonly complaint: Complaint
  good: Heard | undefined
  failingSince: Mono | undefined
  problem: string
}

const isCurrent = ({ good }: Source, oldest: Mono): boolean => good !== undefined && good.atMono >= oldest

/** Why an alert that it does not list may fire all the same; undefined: it answered since then, and leaves none out. */
const problemOf = (source: Source, oldest: Mono): string | undefined =>
  isCurrent(source, oldest) ? source.good?.doubt : source.problem

function sourceSeen(source: Source, oldest: Mono): AlertSourceSeen {
  const { good, failingSince } = source
  const { name } = source.alerts
  const problem = failingSince === undefined ? undefined : source.problem
  if (good === undefined || !isCurrent(source, oldest)) return { name, problem: source.problem }
  return { name, answered: { at: good.at, atMono: good.atMono, doubt: good.doubt }, problem }
}

/** Its alerts do not outlive it: one that has just started lists what it was told since, and that is not all. */
function doubtOf(up: AlertList['up'], graceMs: number): string | undefined {
  if (graceMs === 0) return undefined
  if ('problem' in up) return `it does not say since when it runs: ${up.problem}`
  return up.ms < graceMs
    ? `it has run for less than ${graceMs / seconds(1)}s, and may not list all that fires`
    : undefined
}

/** Who is heard, and whose silence counts: a signal may ask for one of them alone. */
const voicesOf = ({ sources = [] }: AlertsSeen): string =>
  sources.map(({ answered }) => (answered === undefined ? '-' : answered.doubt === undefined ? '+' : '?')).join('')

/**
 * Until when an alert is good. How long is for its Prometheus to say (four times its rhythm); it is counted on our clock, from the
 * poll that first saw it sent. A list that somebody keeps, or an Alertmanager cut off from its Prometheus, renews nothing.
 */
function lapseOf(
  alert: Alert,
  before: ReadonlyMap<string, Alert>,
  { at, atMono }: Pick<Heard, 'at' | 'atMono'>,
): Mono | undefined {
  const { updatedAt, endsAt } = alert
  if (endsAt === undefined) return undefined
  const same = before.get(sendingOf(alert))
  if (same !== undefined) return same.lapsesMono
  return mono(atMono + Math.max(0, Math.min(endsAt - updatedAt, endsAt - at)))
}

/** Whoever sends an alert once more moves its end. */
const sendingOf = ({ fingerprint, endsAt }: Alert): string => `${fingerprint} ${endsAt}`

/** Looked up, for in a storm every node has its alerts. Of two alike the first counts. */
const bySending = (alerts: readonly Alert[]): ReadonlyMap<string, Alert> =>
  new Map(alerts.toReversed().map((alert) => [sendingOf(alert), alert]))

/** Come or gone. */
function changedAlerts(
  before: readonly Alert[],
  now: readonly Alert[],
  keyed: (alert: Alert) => string,
): readonly Alert[] {
  const [old, current] = [new Set(before.map(keyed)), new Set(now.map(keyed))]
  return [...before.filter((alert) => !current.has(keyed(alert))), ...now.filter((alert) => !old.has(keyed(alert)))]
}

/** Whom it concerns, for certain or perhaps. */
const nodesOf = (alert: Alert): readonly string[] => alert.about ?? [nodeNameOf(alert) ?? []].flat()

const byNodeOf = (heard: Heard): ReadonlyMap<string, readonly Alert[]> => (heard.byNode ??= indexed(heard.alerts))

function indexed(alerts: readonly Alert[]): ReadonlyMap<string, readonly Alert[]> {
  const byNode = new Map<string, Alert[]>()
  for (const alert of alerts) {
    for (const nodeName of nodesOf(alert)) {
      const known = byNode.get(nodeName)
      if (known === undefined) byNode.set(nodeName, [alert])
      else known.push(alert)
    }
  }
  return byNode
}

/** The fingerprint tells the labels, the start the episode; one that had lapsed is news when it is sent again. */
const keyOf = ({ source, fingerprint, startsAt, about = [], lapsesMono }: Alert, now: Mono): string =>
  [source, fingerprint, startsAt, ...about, lapsesMono !== undefined && lapsesMono <= now].join('/')
