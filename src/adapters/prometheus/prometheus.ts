import { seconds } from '../../kernel/time.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { type Expected, parseAnswer } from './parse-answer.ts'
import { parseRules } from './parse-rules.ts'
import { type Api, createApi } from './prometheus-api.ts'

export interface PrometheusOptions {
  /** For people. */
  readonly name: string
  /** Of its web page, with its route prefix if it has one. A user name and password in it are sent, and never shown. */
  readonly url: string
  /** Read for every request: a token may be rotated. */
  readonly bearerTokenFile?: string | undefined
  /** Authorities that vouch for it, in PEM, beside none of the system. Read for every request as well. */
  readonly caFile?: string | undefined
  /** Covers connecting, sending, waiting and the whole answer. */
  readonly timeoutMs?: number
  readonly bodyBytesMax?: number
  readonly seriesMax?: number
}

/** An act waits for the answer, and what it rests on may be no older than ten seconds. */
const timeoutMsDefault = seconds(5)
/** Ten series for each of 5,000 nodes. */
const seriesMaxDefault = 50_000
/** Some 100 ms of parsing. */
const bodyBytesMaxDefault = 16 * 1_024 * 1_024

/** One Prometheus by its API v1. Throws a TypeError where the URL is none: that is a mistake in the configuration. */
export function createPrometheus(options: PrometheusOptions): Metrics {
  const { name, timeoutMs = timeoutMsDefault, seriesMax = seriesMaxDefault } = options
  const api = createApi({ ...options, timeoutMs, bodyBytesMax: options.bodyBytesMax ?? bodyBytesMaxDefault })
  const bounds = { timeout: `${timeoutMs}ms`, limit: String(seriesMax + 1) }
  return {
    name,
    query: async (expr) => await asked(api, { query: expr, ...bounds }, { resultType: 'vector', seriesMax }),
    queryRange: async (expr, range) =>
      await asked(api, { query: overWindow(expr, range), ...bounds }, { resultType: 'matrix', seriesMax }),
    alertRules: async (ruleName) => {
      const answer = await api.get('/api/v1/rules', { type: 'alert', 'rule_name[]': ruleName })
      // Releases before 2.45 answer with every rule.
      return parseRules(answer).filter((rule) => rule.name === ruleName)
    },
  }
}

const asked = async (api: Api, form: Readonly<Record<string, string>>, expected: Expected) =>
  parseAnswer(await api.post('/api/v1/query', form), expected)

/**
 * A subquery, and no `query_range`: that wants a beginning and an end, and a clock of ours that is ahead would ask for the future,
 * which Prometheus answers with what it last knew. On a line of its own, for an expression may end in a comment.
 */
const overWindow = (expr: string, { windowSeconds, stepSeconds }: Parameters<Metrics['queryRange']>[1]): string =>
  `(\n${expr}\n)[${windowSeconds}s:${stepSeconds}s]`
