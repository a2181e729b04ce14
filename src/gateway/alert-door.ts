import { alertsReceivedMetric, truncatedWebhooksMetric, webhookRequestsMetric } from '../api/metric-definitions.ts'
import type { HintAnswer } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { BearerTokens, HttpAnswer, HttpDoor, RequestHead } from '../ports/http-door.ts'
import type { Log } from '../ports/journal.ts'
import type { Meter } from '../ports/meter.ts'
import { Complaint } from '../runtime/complaint.ts'
import { KnownEpisodes } from './known-episodes.ts'
import { newsMs, receive } from './receive.ts'
import { RequestRate, type RequestRateLimits } from './request-rate.ts'

export interface AlertDoorPorts {
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** Undefined: whoever gets through the handshake has shown a certificate, and no token is asked for. */
  readonly tokens: BearerTokens | undefined
  /** Makes somebody poll. Whatever is not taken here the sender had better bring again. */
  readonly hint: () => HintAnswer
}

/** Where a receiver of Alertmanager sends to. */
export const alertPath = '/webhooks/alertmanager'

/** More than every group of a large fleet at once needs, and an hour of it costs no processor. */
const ratesDefault: RequestRateLimits = { perSecond: 50, burst: 200 }

/**
 * The receiver of Alertmanager's webhook, version 4. It answers 2xx only when the hint is taken. Alertmanager comes again after
 * 503; every 4xx, 429 too, is final for it, so the one is for what passes and the other for what somebody has to mend.
 */
export class AlertDoor implements HttpDoor {
  /** Some 1,000 alerts; who has more in one group says so with `max_alerts`. */
  readonly bodyBytesMax = 1_024 * 1_024
  readonly #ports: AlertDoorPorts
  readonly #rate: RequestRate
  readonly #known = new KnownEpisodes({ forMs: newsMs })
  /** Two: whoever has no token must not fill the log by turns with somebody who has. */
  readonly #complaint: Complaint
  readonly #strangers: Complaint
  readonly #requests
  readonly #alerts
  readonly #truncated

  constructor(ports: AlertDoorPorts, rates = ratesDefault) {
    this.#ports = ports
    this.#rate = new RequestRate(rates)
    this.#complaint = new Complaint(ports.log)
    this.#strangers = new Complaint(ports.log)
    this.#requests = ports.meter.counter(webhookRequestsMetric)
    this.#alerts = ports.meter.counter(alertsReceivedMetric)
    this.#truncated = ports.meter.counter(truncatedWebhooksMetric)
  }

  readonly admit = (head: RequestHead): HttpAnswer | undefined => {
    if (head.path !== alertPath) return this.#answered(404, 'nothing is here')
    if (head.method !== 'POST') return this.#answered(405, 'only POST is understood', { allow: 'POST' })
    if (!this.#isKnownSender(head)) return this.#stranger()
    if (!isJson(head)) return this.#refused(415, 'only application/json is understood, and not compressed')
    if (Number(head.headers['content-length'] ?? 0) > this.bodyBytesMax) return this.tooLarge()
    if (!this.#rate.take(this.#ports.clock.mono())) return this.#busy('too many webhooks at once')
    return undefined
  }

  readonly answer = (body: string): HttpAnswer => {
    const { clock, hint } = this.#ports
    const now = clock.mono()
    const received = receive(body, { now: clock.now(), isKnown: (episode) => this.#known.has(episode, now) })
    if (!received.ok) return this.#refused(400, received.message)
    const taken = received.hint ? hint() : 'Taken'
    if (taken === 'NotPolled') return this.#busy('Alertmanager is not polled yet')
    if (taken === 'NotLeading') return this.#elsewhere()
    for (const episode of received.episodes) this.#known.add(episode, now)
    for (const result of new Set(received.results)) {
      this.#alerts.add({ result }, received.results.filter((one) => one === result).length)
    }
    if (received.truncated) this.#truncated.add({})
    for (const complaint of [this.#complaint, this.#strangers]) complaint.over('Accepted a webhook again')
    return this.#answered(200, 'ok')
  }

  readonly tooLarge = (): HttpAnswer =>
    this.#refused(413, `more than ${this.bodyBytesMax} bytes: set max_alerts on the receiver`)

  #isKnownSender({ headers }: RequestHead): boolean {
    const { tokens } = this.#ports
    if (tokens === undefined) return true
    const [, token] = /^Bearer +([^ ]+) *$/i.exec(headers['authorization'] ?? '') ?? []
    return token !== undefined && tokens.isValid(token)
  }

  #stranger(): HttpAnswer {
    const why = 'no valid bearer token'
    this.#strangers.about('Refused a webhook', new Error(`401: ${why}`))
    return this.#answered(401, why, { 'www-authenticate': 'Bearer' })
  }

  #busy(why: string): HttpAnswer {
    return this.#refused(503, why, { 'retry-after': '1' })
  }

  /** Nothing is wrong, so nobody is told. A connection that is kept would bring the next try to this replica again. */
  #elsewhere(): HttpAnswer {
    const why = 'this replica does not lead and would not act on it: come again and reach the other'
    return this.#answered(503, why, { 'retry-after': '1', connection: 'close' })
  }

  /** Said once per cause: who has to mend it reads the log of Alertmanager or ours. */
  #refused(status: number, why: string, headers: HttpAnswer['headers'] = {}): HttpAnswer {
    this.#complaint.about('Refused a webhook', new Error(`${status}: ${why}`))
    return this.#answered(status, why, headers)
  }

  #answered(status: number, text: string, headers: HttpAnswer['headers'] = {}): HttpAnswer {
    this.#requests.add({ code: String(status) })
    return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` }
  }
}

function isJson({ headers }: RequestHead): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  const encoding = headers['content-encoding'] ?? 'identity'
  return type.trim().toLowerCase() === 'application/json' && encoding.toLowerCase() === 'identity'
}
