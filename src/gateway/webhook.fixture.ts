import type { JsonObject } from '../kernel/json.ts'
import { type Instant, instant, rfc3339 } from '../kernel/time.ts'

/** As Alertmanager 0.34 writes it, with fields that older ones do not have. */
export const webhookOf = (alerts: readonly JsonObject[], unusual: JsonObject = {}): JsonObject => ({
  version: '4',
  groupKey: '{}:{alertname="NodeCPUSaturated"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'prunella',
  notification_reason: 'first',
  groupLabels: { alertname: 'NodeCPUSaturated' },
  commonLabels: { alertname: 'NodeCPUSaturated' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts,
  ...unusual,
})

export const webhookAlert = (startsAt: Instant, unusual: JsonObject = {}): JsonObject => ({
  status: 'firing',
  labels: { alertname: 'NodeCPUSaturated', node: 'node-1' },
  annotations: {},
  startsAt: rfc3339(startsAt),
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'c0ffee0000000001',
  ...unusual,
})

/** Resolved: `secondsAgo` before now. */
export const resolvedAlert = (startsAt: Instant, endsAt: Instant): JsonObject =>
  webhookAlert(startsAt, { status: 'resolved', endsAt: rfc3339(instant(endsAt)) })
