import { httpDate, type Instant, seconds } from '../../kernel/time.ts'
import type { TransportResponse } from '../../ports/transport.ts'

/** What an API server in trouble answers, in the words of the real one. */
interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

const refusals = {
  /** Priority and fairness, not a disruption budget: the two must not be taken for each other. */
  Throttled: {
    code: 429,
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
    headers: { 'retry-after': String(seconds(1) / 1_000) },
  },
  ServerUnavailable: {
    code: 503,
    reason: 'ServiceUnavailable',
    message: 'the server is currently unable to handle the request',
    headers: { 'retry-after': String(seconds(1) / 1_000) },
  },
  ServerFailed: {
    code: 500,
    reason: 'InternalError',
    message: 'Internal error occurred: etcdserver: leader changed',
  },
  ServerTimedOut: {
    code: 504,
    reason: 'Timeout',
    message: 'Timeout: request did not complete within the allotted timeout',
  },
  WebhookFailed: {
    code: 500,
    reason: 'InternalError',
    message:
      'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: connection refused',
  },
  WebhookSlow: {
    code: 500,
    reason: 'InternalError',
    message:
      'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: context deadline exceeded',
  },
  EtcdReadOnly: {
    code: 500,
    reason: 'InternalError',
    message: 'Internal error occurred: etcdserver: mvcc: database space exceeded',
  },
} as const satisfies Readonly<Record<string, Refusal>>

export function cannedAnswer(name: keyof typeof refusals, now: Instant): TransportResponse {
  const { code, reason, message, headers = {} }: Refusal = refusals[name]
  return {
    status: code,
    headers: { date: httpDate(now), ...headers },
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, code },
  }
}
