import { askedExpr, type QuerySettings } from '../../domain/detect/sources/threshold.ts'
import { stableStringify } from '../../kernel/json.ts'
import type { MetricsRange } from '../../ports/metrics.ts'

/** What a Prometheus is asked. */
export interface Question {
  readonly expr: string
  readonly range?: MetricsRange | undefined
  /** The same for the same question. */
  readonly key: string
}

/** Queries that differ only in what they make of the answer are one question. */
export function questionOf(query: QuerySettings): Question {
  const { range } = query
  const expr = askedExpr(query)
  if (range === undefined) return withKey({ expr })
  return withKey({ expr, range: { windowSeconds: range.windowSeconds, stepSeconds: range.stepSeconds } })
}

const withKey = (question: Omit<Question, 'key'>): Question => ({ ...question, key: stableStringify(question) })
