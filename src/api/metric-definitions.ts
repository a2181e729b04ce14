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

/** As many policies as one ledger lists breakers of. */
const policiesMax = 100

export const controllerNames = ['health', 'policy', 'triage', 'remediation', 'grades'] as const
export type ControllerName = (typeof controllerNames)[number]

/** Where a run stands, in words for people. */
export const runSteps = ['approve', 'claim', 'cordon', 'drain', 'treat', 'verify', 'quarantine', 'release'] as const
export type RunStep = (typeof runSteps)[number]

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

export const leadingMetric = {
  name: 'prunella_leading',
  type: 'gauge',
  help: 'Whether this replica leads (1) or not (0). Only the leader acts.',
  labels: {},
} as const satisfies MetricDefinition

export const runsActiveMetric = {
  name: 'prunella_runs_active',
  type: 'gauge',
  help: 'Runs that are not over, by where they stand; rehearsals are not counted. `quarantine`: one waits for people.',
  labels: { policy: policiesMax, step: runSteps },
} as const satisfies MetricDefinition

export const slotsUsedMetric = {
  name: 'prunella_slots_used',
  type: 'gauge',
  help: 'Slots of the DisruptionLedger that runs hold: so many nodes are disrupted.',
  labels: { policy: policiesMax },
} as const satisfies MetricDefinition

export const breakerOpenMetric = {
  name: 'prunella_breaker_open',
  type: 'gauge',
  help: 'Whether a breaker has tripped and neither recovered nor been reset (1) or not (0). Label `policy` is empty for the cluster.',
  labels: { scope: ['cluster', 'policy'], policy: policiesMax + 1 },
} as const satisfies MetricDefinition

export const queueDepthMetric = {
  name: 'prunella_workqueue_depth',
  type: 'gauge',
  help: 'Objects that want a look of a controller, those that wait for their time included.',
  labels: { controller: controllerNames },
} as const satisfies MetricDefinition

export const queueRunningMetric = {
  name: 'prunella_workqueue_running',
  type: 'gauge',
  help: 'Objects that a controller looks at right now.',
  labels: { controller: controllerNames },
} as const satisfies MetricDefinition

export const queueLongestRunningMetric = {
  name: 'prunella_workqueue_longest_running_seconds',
  type: 'gauge',
  help: 'How long the longest look under way has lasted. Minutes mean that a worker is stuck.',
  labels: { controller: controllerNames },
} as const satisfies MetricDefinition

export const queueAddsMetric = {
  name: 'prunella_workqueue_adds_total',
  type: 'counter',
  help: 'How often a look was asked for.',
  labels: { controller: controllerNames },
} as const satisfies MetricDefinition

export const queueRetriesMetric = {
  name: 'prunella_workqueue_retries_total',
  type: 'counter',
  help: 'How often a look failed and was put off.',
  labels: { controller: controllerNames },
} as const satisfies MetricDefinition

export const defectsMetric = {
  name: 'prunella_defects_total',
  type: 'counter',
  help: 'How often the program was wrong and went on: errors in looks of a controller, and in handlers of informers.',
  labels: { part: [...controllerNames, 'informers'] },
} as const satisfies MetricDefinition

export const disturbancesMetric = {
  name: 'prunella_disturbances_total',
  type: 'counter',
  help: 'What kept this process from acting for a while: it stood still, a clock was set, or the API server was out of reach.',
  labels: { kind: ['Stall', 'ClockJump', 'Outage'] },
} as const satisfies MetricDefinition

export const longestStallMetric = {
  name: 'prunella_longest_stall_seconds',
  type: 'gauge',
  help: 'The longest time that the event loop of this process stood still since it began.',
  labels: {},
} as const satisfies MetricDefinition

export const eventsLostMetric = {
  name: 'prunella_events_lost_total',
  type: 'counter',
  help: 'Kubernetes Events, or repetitions of one, that could not be written.',
  labels: {},
} as const satisfies MetricDefinition

export const allMetrics: readonly MetricDefinition[] = [
  buildMetric,
  leadingMetric,
  runsActiveMetric,
  slotsUsedMetric,
  breakerOpenMetric,
  queueDepthMetric,
  queueRunningMetric,
  queueLongestRunningMetric,
  queueAddsMetric,
  queueRetriesMetric,
  defectsMetric,
  disturbancesMetric,
  longestStallMetric,
  eventsLostMetric,
  sourceUpMetric,
  sourcePollsMetric,
  signalAgeMetric,
  strayAlertsMetric,
  webhookRequestsMetric,
  alertsReceivedMetric,
  truncatedWebhooksMetric,
]
