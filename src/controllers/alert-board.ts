import type { Alert } from '../api/alert.ts'
import type { AlertsSeen } from '../domain/detect/evidence.ts'
import { type Instant, type Mono, seconds } from '../kernel/time.ts'
import type { Alerts } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import { isOutage, RefusedError } from '../ports/errors.ts'
import type { Log } from '../ports/journal.ts'
import { Complaint } from '../runtime/complaint.ts'

export interface AlertBoardPorts {
  readonly clock: Clock
  readonly sources: readonly Alerts[]
  readonly log: Log
}

interface Heard {
  readonly alerts: readonly Alert[]
  readonly at: Instant
  readonly atMono: Mono
}

interface Outage {
  readonly message: string
  readonly sinceMono: Mono
}

/** Several looks within this share one poll. */
const sharedForMs = seconds(1)

/** What all Alertmanagers said last, for every controller. A source that fails leaves what it said before in doubt, not forgotten. */
export class AlertBoard {
  readonly #ports: AlertBoardPorts
  readonly #heard = new Map<string, Heard>()
  readonly #outages = new Map<string, Outage>()
  readonly #complaints: ReadonlyMap<string, Complaint>
  readonly #listeners = new Set<() => void>()
  #poll: { readonly at: Mono; readonly done: Promise<void> } | undefined

  constructor(ports: AlertBoardPorts) {
    this.#ports = ports
    this.#complaints = new Map(ports.sources.map(({ name }) => [name, new Complaint(ports.log)]))
  }

  /** Polls for ever; resolves when the signal is aborted. */
  async run(everyMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.fresh()
      await this.#ports.clock.sleep(everyMs, signal)
    }
  }

  /** Called after each poll that changed something. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  readonly seen = (): AlertsSeen => {
    const { sources, clock } = this.#ports
    const alerts = [...this.#heard.values()].flatMap((heard) => heard.alerts)
    const [source] = sources
    if (source === undefined) return unavailable('no Alertmanager is configured', { sinceMono: clock.mono(), alerts })
    for (const { name } of sources) {
      const outage = this.#outages.get(name)
      if (outage !== undefined) return unavailable(outage.message, { sinceMono: outage.sinceMono, alerts })
      if (!this.#heard.has(name))
        return unavailable(`Alertmanager ${name} has not answered yet`, { sinceMono: clock.mono(), alerts })
    }
    const oldest = [...this.#heard.values()].toSorted((one, other) => one.atMono - other.atMono)[0]
    return { kind: 'Known', at: oldest?.at ?? clock.now(), atMono: oldest?.atMono ?? clock.mono(), alerts }
  }

  /** Asks now, unless somebody has just asked. Never rejects: an outage is an answer. */
  readonly fresh = async (): Promise<AlertsSeen> => {
    const now = this.#ports.clock.mono()
    if (this.#poll === undefined || now - this.#poll.at >= sharedForMs) this.#poll = { at: now, done: this.#pollAll() }
    await this.#poll.done
    return this.seen()
  }

  async #pollAll(): Promise<void> {
    const before = this.seen()
    await Promise.all(this.#ports.sources.map(async (source) => await this.#pollOne(source)))
    const after = this.seen()
    if (!isSame(before, after)) for (const listener of this.#listeners) listener()
  }

  async #pollOne(source: Alerts): Promise<void> {
    const { clock } = this.#ports
    const [at, atMono] = [clock.now(), clock.mono()]
    const complaint = this.#complaints.get(source.name)
    try {
      this.#heard.set(source.name, { alerts: await source.list(), at, atMono })
      this.#outages.delete(source.name)
      complaint?.over('Alertmanager answers again', { source: source.name })
    } catch (error) {
      if (!isOutage(error) && !(error instanceof RefusedError)) throw error
      const refused = error instanceof RefusedError ? `answers no list of alerts: ${error.message}` : 'does not answer'
      const sinceMono = this.#outages.get(source.name)?.sinceMono ?? atMono
      this.#outages.set(source.name, { message: `Alertmanager ${source.name} ${refused}`, sinceMono })
      complaint?.about('Alertmanager could not be read', error, { source: source.name })
    }
  }
}

const unavailable = (
  message: string,
  rest: { readonly sinceMono: Mono; readonly alerts: readonly Alert[] },
): AlertsSeen => ({
  kind: 'Unavailable',
  reason: 'SourceUnavailable',
  message,
  ...rest,
})

const isSame = (before: AlertsSeen, after: AlertsSeen): boolean =>
  before.kind === after.kind && factsOf(before) === factsOf(after)

const factsOf = ({ alerts }: AlertsSeen): string =>
  alerts
    .map(({ fingerprint, startsAt }) => `${fingerprint}/${startsAt}`)
    .toSorted()
    .join()
