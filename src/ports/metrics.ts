import type { Instant } from '../kernel/time.ts'

/**
 * One Prometheus, or whatever speaks its API. Everything rejects with UnavailableError (unreachable, 5xx, its own timeout),
 * TimeoutError (ours), or RefusedError: `badQuery` where the query itself is at fault, which no later try mends.
 */
export interface Metrics {
  /** Name of the source, for people. */
  readonly name: string
  /** An instant query, at the present of the server. */
  readonly query: (expr: string) => Promise<MetricsAnswer>
  /** The same at every step of a stretch of time that ends in the present of the server: our clock has no say in it. */
  readonly queryRange: (expr: string, range: MetricsRange) => Promise<MetricsAnswer>
  /** The alerting rules of this name, from all groups. */
  readonly alertRules: (name: string) => Promise<readonly AlertRule[]>
}

export interface MetricsRange {
  readonly windowSeconds: number
  readonly stepSeconds: number
}

/** The reason of a RefusedError where the author of the query has to mend it. */
export const badQuery = 'BadQuery'

export interface MetricsAnswer {
  readonly series: readonly Series[]
  /** The answer is there and may lack something: a shard that was away, a limit that was met. Empty: it is whole. */
  readonly warnings: readonly string[]
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** The oldest first. NaN and infinities are left out: they are no measurement. */
  readonly samples: readonly MetricSample[]
}

export interface MetricSample {
  /** On the clock of the server. */
  readonly at: Instant
  readonly value: number
}

export interface AlertRule {
  readonly name: string
  readonly expr: string
  /** Whether its last evaluation went well. */
  readonly isHealthy: boolean
  /** On the clock of the server. Undefined: never. */
  readonly evaluatedAt: Instant | undefined
  /** What it accuses, whether or not it has waited long enough to fire. */
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[]
}
