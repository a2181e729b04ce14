import type { Alert } from '../../../api/alert.ts'
import { type JsonObject, stableStringify } from '../../../kernel/json.ts'
import { hashText } from '../../../kernel/prng.ts'
import { hours, type Instant, instant, later, minutes, rfc3339 } from '../../../kernel/time.ts'
import type { Alerts } from '../../../ports/alerts.ts'
import { RefusedError, UnavailableError } from '../../../ports/errors.ts'
import type { Nature } from '../nature.ts'
import type { Load } from './load.ts'

/** Fires for a node whose load has been above a limit for some time. */
export interface LoadRule {
  readonly alert: string
  readonly abovePercent: number
  readonly forMs: number
}

/** `Html`: a proxy in front of it answers with a page. */
export type AlertmanagerTrouble = 'None' | 'Down' | 'Html'

type Labels = Readonly<Record<string, string>>

/** Prometheus sends an alert again as long as it fires. */
const resendMs = minutes(1)
const expiresAfterMs = 4 * resendMs

/** Prometheus' rules and Alertmanager in one: what fires, and since when. */
export class Alertmanager {
  trouble: AlertmanagerTrouble = 'None'
  #startedAt: Instant
  readonly #nature: Nature
  readonly #load: Load
  readonly #rules: readonly LoadRule[]
  readonly #firing = new Map<string, { readonly labels: Labels; readonly startsAt: Instant }>()
  readonly #pending = new Map<string, () => void>()

  constructor(nature: Nature, load: Load, rules: readonly LoadRule[]) {
    this.#nature = nature
    this.#load = load
    this.#rules = rules
    this.#startedAt = later(nature.timers.now(), -hours(24))
    load.onChange((nodeName) => this.#evaluate(nodeName))
  }

  /** The port to it, without a network between. */
  readonly alerts: Alerts = {
    name: 'alertmanager',
    list: async () => {
      if (this.trouble === 'Down') throw new UnavailableError('alertmanager is not reachable')
      if (this.trouble === 'Html') {
        throw new RefusedError('alertmanager answered text/html, not a list of alerts', {
          status: 200,
          reason: 'NotJson',
        })
      }
      return { alerts: this.#listed, up: { ms: this.#nature.timers.now() - this.#startedAt } }
    },
  }

  /** It keeps no alert, and lists again what it is sent again. */
  restart(): void {
    this.#startedAt = this.#nature.timers.now()
  }

  get #listed(): readonly Alert[] {
    return this.active.filter(({ updatedAt }) => updatedAt >= this.#startedAt)
  }

  /** What fires, whatever is listed. */
  get active(): readonly Alert[] {
    return [...this.#firing].map(([fingerprint, { labels, startsAt }]) => {
      const updatedAt = this.#lastSent(startsAt)
      return { labels, startsAt, updatedAt, endsAt: later(updatedAt, expiresAfterMs), state: 'active', fingerprint }
    })
  }

  /** The body of `GET /api/v2/alerts`. */
  get apiV2(): readonly JsonObject[] {
    return this.#listed.map(({ labels, startsAt, updatedAt, endsAt = updatedAt, state, fingerprint }) => ({
      labels,
      annotations: {},
      startsAt: rfc3339(startsAt),
      updatedAt: rfc3339(updatedAt),
      endsAt: rfc3339(endsAt),
      fingerprint,
      status: { state, silencedBy: [], inhibitedBy: [] },
      receivers: [{ name: 'prunella' }],
      generatorURL: '',
    }))
  }

  fire(labels: Labels): void {
    const fingerprint = fingerprintOf(labels)
    if (this.#firing.has(fingerprint)) return
    this.#firing.set(fingerprint, { labels, startsAt: this.#nature.timers.now() })
    this.#tell(labels, true)
  }

  resolve(labels: Labels): void {
    if (this.#firing.delete(fingerprintOf(labels))) this.#tell(labels, false)
  }

  #evaluate(nodeName: string): void {
    for (const rule of this.#rules) {
      const key = `${rule.alert} ${nodeName}`
      if (this.#load.of(nodeName) > rule.abovePercent) this.#await(key, rule, nodeName)
      else this.#settle(key, labelsOf(rule, nodeName))
    }
  }

  #await(key: string, rule: LoadRule, nodeName: string): void {
    if (this.#pending.has(key)) return
    const callOff = this.#nature.timers.after(rule.forMs, () => this.fire(labelsOf(rule, nodeName)))
    this.#pending.set(key, callOff)
  }

  #settle(key: string, labels: Labels): void {
    this.#pending.get(key)?.()
    this.#pending.delete(key)
    this.resolve(labels)
  }

  #lastSent(startsAt: Instant): Instant {
    const sinceMs = this.#nature.timers.now() - startsAt
    return instant(startsAt + Math.floor(sinceMs / resendMs) * resendMs)
  }

  #tell(labels: Labels, firing: boolean): void {
    this.#nature.tell({ kind: 'AlertBecame', alert: labels['alertname'] ?? '', machine: labels['node'] ?? '', firing })
  }
}

const labelsOf = ({ alert }: LoadRule, nodeName: string): Labels => ({
  alertname: alert,
  node: nodeName,
  severity: 'warning',
})

const fingerprintOf = (labels: Labels): string => hashText(stableStringify(labels), 0).toString(16).padStart(16, '0')
