import type { Alert } from '../api/alert.ts'
import type { AlertsSeen } from '../domain/detect/evidence.ts'
import { alertFreshnessSeconds, nodeNameOf } from '../domain/detect/sources/alert.ts'
import { type Instant, instant, type Mono, mono, seconds } from '../kernel/time.ts'
import type { Alerts } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/journal.ts'
import { Complaint, causeText } from '../runtime/complaint.ts'

export interface AlertPollPorts {
  readonly clock: Clock
  readonly alerts: readonly Alerts[]
  readonly log: Log
}

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
  readonly #handlers = new Set<(change: AlertChange) => void>()
  readonly #waiting = new Set<() => void>()
  #polling: Promise<void> | undefined
  #hasPolled = false
  #told: AlertsSeen | undefined

  constructor(ports: AlertPollPorts, { everyMs }: { readonly everyMs: number }) {
    this.#ports = ports
    this.#everyMs = everyMs
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
    while (!signal.aborted) {
      await this.#poll()
      await this.#ports.clock.sleep(this.#everyMs, signal)
    }
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

  /** What was heard last, while it is young enough. */
  readonly seen = (): AlertsSeen => this.#since(mono(this.#ports.clock.mono() - seconds(alertFreshnessSeconds)))

  /** Polls now, or joins the poll under way: what licenses an act must not be older than the question. */
  readonly fresh = async (): Promise<AlertsSeen> => {
    const askedAt = this.#ports.clock.mono()
    await this.#polling
    await this.#poll()
    return this.#since(askedAt)
  }

  #since(oldest: Mono): AlertsSeen {
    const silent = this.#sources.find(({ good }) => good === undefined || good.atMono < oldest)
    const good = this.#sources.flatMap((source) => source.good ?? [])
    const current = good.filter(({ atMono }) => atMono >= oldest)
    const alerts = current.flatMap((heard) => heard.alerts)
    const message = silent === undefined ? 'no Alertmanager is configured' : `${silent.alerts.name}: ${silent.problem}`
    if (silent !== undefined || current.length === 0) {
      return {
        kind: 'Unavailable',
        reason: 'SourceUnavailable',
        message,
        sinceMono: silent?.failingSince ?? oldest,
        alerts,
      }
    }
    const at = instant(Math.min(...current.map((heard) => heard.at)))
    return { kind: 'Known', at, atMono: mono(Math.min(...current.map((heard) => heard.atMono))), alerts }
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
    try {
      source.good = { at, atMono, alerts: await source.alerts.list() }
      source.failingSince = undefined
      source.complaint.over('Polled Alertmanager again', { source: source.alerts.name })
    } catch (error) {
      source.failingSince ??= atMono
      source.problem = causeText(error)
      source.complaint.about('Could not poll Alertmanager', error, { source: source.alerts.name })
    }
  }

  #tell(): void {
    const [before, now] = [this.#told, this.seen()]
    this.#told = now
    const everything = before?.kind !== now.kind
    const changed = changedAlerts(before?.alerts ?? [], now.alerts)
    if (!everything && changed.length === 0) return
    const nodeNames = [...new Set(changed.flatMap((alert) => nodeNameOf(alert) ?? []))].toSorted()
    for (const handler of this.#handlers) handler({ everything, nodeNames })
  }
}

interface Source {
  readonly alerts: Alerts
  readonly complaint: Complaint
  good: { readonly at: Instant; readonly atMono: Mono; readonly alerts: readonly Alert[] } | undefined
  failingSince: Mono | undefined
  problem: string
}

/** Come or gone. */
function changedAlerts(before: readonly Alert[], now: readonly Alert[]): readonly Alert[] {
  const [old, current] = [new Set(before.map(keyOf)), new Set(now.map(keyOf))]
  return [...before.filter((alert) => !current.has(keyOf(alert))), ...now.filter((alert) => !old.has(keyOf(alert)))]
}

/** The fingerprint tells the labels, the start the episode. */
const keyOf = ({ fingerprint, startsAt }: Alert): string => `${fingerprint}/${startsAt}`
