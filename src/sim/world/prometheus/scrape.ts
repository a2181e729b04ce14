import { type Instant, minutes } from '../../../kernel/time.ts'
import { RefusedError } from '../../../ports/errors.ts'
import { badQuery, type MetricsAnswer } from '../../../ports/metrics.ts'

/** What was read from all machines that answered, at one moment. */
export interface Scrape {
  readonly at: Instant
  /** By expression, by node. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** What everybody asks who wants to know how old the newest sample is. */
const ageExpr = 'time() - max(timestamp(up))'

/** So long a sample is good for an answer. */
const lookbackMs = minutes(5)

/** An instant query. It knows a few expressions by heart; what else is asked it refuses, and never guesses. */
export function answerFrom({ at, values }: Scrape, expr: string, now: Instant): MetricsAnswer {
  const isOld = now - at > lookbackMs
  if (expr === ageExpr) return series(isOld ? [] : [[undefined, (now - at) / 1_000]], now)
  const known = values.get(expr)
  if (known !== undefined) return series(isOld ? [] : [...known], now)
  throw new RefusedError(`the simulated Prometheus does not know \`${expr}\``, { status: 400, reason: badQuery })
}

const series = (values: readonly (readonly [string | undefined, number])[], at: Instant): MetricsAnswer => ({
  series: values.map(([node, value]) => ({
    labels: node === undefined ? {} : { node, instance: `${node}:9100` },
    samples: [{ at, value }],
  })),
  warnings: [],
})
