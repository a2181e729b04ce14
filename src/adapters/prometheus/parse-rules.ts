import { listAt, textAt, textMapAt } from '../../kernel/json.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import type { AlertRule } from '../../ports/metrics.ts'

/** The alerting rules of `GET /api/v1/rules`, each by itself: one that makes no sense spoils none of the others. */
export const parseRules = (answer: unknown): readonly AlertRule[] =>
  listAt(answer, 'data', 'groups')
    .flatMap((group) => listAt(group, 'rules'))
    .filter((rule) => textAt(rule, 'type') === 'alerting' && textAt(rule, 'name') !== undefined)
    .map(parseRule)

const parseRule = (rule: unknown): AlertRule => ({
  name: textAt(rule, 'name') ?? '',
  expr: textAt(rule, 'query') ?? '',
  isHealthy: textAt(rule, 'health') === 'ok',
  evaluatedAt: evaluation(textAt(rule, 'lastEvaluation')),
  alerts: listAt(rule, 'alerts').map((alert) => ({ labels: textMapAt(alert, 'labels') })),
})

/** Of a rule that was never evaluated Prometheus writes the year 1. */
function evaluation(text: string | undefined): Instant | undefined {
  const time = parseTime(text)
  return time === undefined || time <= 0 ? undefined : time
}
