import type { ReceivedResult } from '../api/metric-definitions.ts'
import { hours, type Instant } from '../kernel/time.ts'
import { readWebhook, type WebhookAlert } from './webhook-body.ts'

/** What an Alertmanager told us comes to. A payload never is a claim: all that can follow is that somebody polls sooner. */
export type Received =
  | {
      readonly ok: true
      /** Whether there is anything in it that the last poll may not know. */
      readonly hint: boolean
      /** What must not be a hint a second time. */
      readonly episodes: readonly string[]
      readonly results: readonly ReceivedResult[]
      /** Alertmanager left alerts out: what is not in it may fire all the same. */
      readonly truncated: boolean
    }
  | { readonly ok: false; readonly message: string }

export interface ReceiveContext {
  readonly now: Instant
  /** Whether this episode was a hint already. */
  readonly isKnown: (episode: string) => boolean
}

/**
 * What began or ended before that has been polled many times over, so it is news to nobody. Episodes are remembered for as long:
 * a webhook that somebody recorded and sends again is known, and then it is old.
 */
export const newsMs = hours(1)

export function receive(body: string, context: ReceiveContext): Received {
  const read = readWebhook(body)
  if (!read.ok) return read
  const { alerts, malformed, truncated } = read.webhook
  const judged = alerts.map((alert) => ({ episode: episodeOf(alert), result: resultOf(alert, context) }))
  const news = judged.filter(({ result }) => result === 'firing' || result === 'resolved')
  return {
    ok: true,
    hint: news.length > 0 || truncated > 0 || malformed > 0,
    episodes: news.map(({ episode }) => episode),
    results: [...judged.map(({ result }) => result), ...Array<ReceivedResult>(malformed).fill('malformed')],
    truncated: truncated > 0,
  }
}

/** Alertmanager delivers at least once, repeats itself for hours, and its peers say the same. */
const episodeOf = ({ fingerprint, startsAt, status }: WebhookAlert): string => `${fingerprint}/${startsAt}/${status}`

function resultOf(alert: WebhookAlert, { now, isKnown }: ReceiveContext): ReceivedResult {
  if (now - (alert.endsAt ?? alert.startsAt) > newsMs) return 'old'
  return isKnown(episodeOf(alert)) ? 'repeated' : alert.status
}
