import { signalSources } from './v1alpha1/signal-sources.ts'

/** What the operator tells of itself on `/metrics`. Names, labels and their bounds; whoever counts does not invent any. */
export interface MetricDefinition<Label extends string = string> {
  readonly name: `prunella_${string}`
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** The values that a label may have, or how many different ones: what is beyond that is counted as `other`. */
  readonly labels: Readonly<Record<Label, readonly string[] | number>>
}

/** Sources are named by people, in the configuration: eight Alertmanagers, as many servers of metrics, and the API server. */
const sourcesMax = 32

const pollResults = ['ok', 'unavailable', 'timeout', 'refused'] as const
export type PollResult = (typeof pollResults)[number]

const receivedResults = ['firing', 'resolved', 'repeated', 'old', 'malformed'] as const
/** What a webhook said of one alert. */
export type ReceivedResult = (typeof receivedResults)[number]

export const strayReasons = ['NoNodeNamed', 'UnknownNode', 'SeveralNodes'] as const
/** Why an alert is about no node. */
export type StrayReason = (typeof strayReasons)[number]

export const buildMetric = {
  name: 'prunella_build_info',
  type: 'gauge',
  help: 'Always 1: which build answers.',
  labels: { version: 4 },
} as const satisfies MetricDefinition

export const sourceUpMetric = {
  name: 'prunella_signal_source_up',
  type: 'gauge',
  help: 'Whether a source of signals answers (1) or not (0), as its signals have it: while 0 they are Unknown.',
  labels: { kind: signalSources, source: sourcesMax },
} as const satisfies MetricDefinition

export const sourcePollsMetric = {
  name: 'prunella_source_polls_total',
  type: 'counter',
  help: 'Questions to sources of signals, by how they ended.',
  labels: { kind: signalSources, source: sourcesMax, result: pollResults },
} as const satisfies MetricDefinition

export const signalAgeMetric = {
  name: 'prunella_signal_age_seconds',
  type: 'gauge',
  help: 'Time since a source of signals last answered.',
  labels: { kind: signalSources, source: sourcesMax },
} as const satisfies MetricDefinition

export const strayAlertsMetric = {
  name: 'prunella_stray_alerts',
  type: 'gauge',
  help: 'Firing alerts that a policy asks for and that are dropped, for it is not certain which node they are about.',
  labels: { reason: strayReasons },
} as const satisfies MetricDefinition

export const webhookRequestsMetric = {
  name: 'prunella_webhook_requests_total',
  type: 'counter',
  help: 'Requests to the receiver of Alertmanager, by the status they were answered with.',
  labels: { code: ['200', '400', '401', '404', '405', '413', '415', '503'] },
} as const satisfies MetricDefinition

export const alertsReceivedMetric = {
  name: 'prunella_alerts_received_total',
  type: 'counter',
  help: 'Alerts in accepted webhooks: firing and resolved ones are hints to poll; repeated and old ones say nothing new.',
  labels: { result: receivedResults },
} as const satisfies MetricDefinition

export const truncatedWebhooksMetric = {
  name: 'prunella_webhooks_truncated_total',
  type: 'counter',
  help: 'Accepted webhooks from which Alertmanager left out alerts (`max_alerts`).',
  labels: {},
} as const satisfies MetricDefinition

export const allMetrics: readonly MetricDefinition[] = [
  buildMetric,
  sourceUpMetric,
  sourcePollsMetric,
  signalAgeMetric,
  strayAlertsMetric,
  webhookRequestsMetric,
  alertsReceivedMetric,
  truncatedWebhooksMetric,
]
