import { look } from '../../control-plane/look.ts'
import type { Layout } from '../../layout.ts'

/** What the operator counts of webhooks, by its own metrics. */
export interface WebhookCounts {
  readonly truncated: number
  readonly repeated: number
}

export async function webhookCounts({ ports }: Layout): Promise<WebhookCounts> {
  const { text } = await look({ url: `http://127.0.0.1:${ports.operator}/metrics` })
  return countsIn(text)
}

export const countsIn = (metrics: string): WebhookCounts => ({
  truncated: sumOf(metrics, /^prunella_webhooks_truncated_total(?:\{[^}]*\})? (\S+)$/gm),
  repeated: sumOf(metrics, /^prunella_alerts_received_total\{[^}]*result="repeated"[^}]*\} (\S+)$/gm),
})

const sumOf = (metrics: string, pattern: RegExp): number =>
  [...metrics.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0)
