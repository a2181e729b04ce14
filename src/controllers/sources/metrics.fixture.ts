import { type Instant, instant } from '../../kernel/time.ts'
import type { AlertRule, Metrics, MetricsAnswer, MetricsRange } from '../../ports/metrics.ts'
import { ageQuery } from './metric-server.ts'

/** A Prometheus that answers with what a test says, and counts what it is asked. */
export class FakeMetrics implements Metrics {
  readonly name: string
  /** By expression; an error is thrown. */
  readonly answers = new Map<string, MetricsAnswer | Error>()
  readonly rules = new Map<string, readonly AlertRule[] | Error>()
  readonly asked: string[] = []
  /** How often it was asked for its age. */
  ageAsked = 0
  /** Of its newest sample; undefined: it has none. An error: it is not there. */
  ageSeconds: number | undefined | Error = 0

  constructor(name = 'prometheus') {
    this.name = name
  }

  readonly query = async (expr: string): Promise<MetricsAnswer> => {
    if (expr === ageQuery) return this.#age()
    this.asked.push(expr)
    return this.#answer(expr)
  }

  readonly queryRange = async (expr: string, { windowSeconds, stepSeconds }: MetricsRange): Promise<MetricsAnswer> => {
    this.asked.push(`${expr} ${windowSeconds}/${stepSeconds}`)
    return this.#answer(expr)
  }

  readonly alertRules = async (name: string): Promise<readonly AlertRule[]> => {
    this.asked.push(`rules ${name}`)
    const rules = this.rules.get(name) ?? []
    if (rules instanceof Error) throw rules
    return rules
  }

  #age(): MetricsAnswer {
    this.ageAsked += 1
    if (this.ageSeconds instanceof Error) throw this.ageSeconds
    return valuesOf(this.ageSeconds === undefined ? {} : { '': this.ageSeconds })
  }

  #answer(expr: string): MetricsAnswer {
    if (this.ageSeconds instanceof Error) throw this.ageSeconds
    const answer = this.answers.get(expr) ?? valuesOf({})
    if (answer instanceof Error) throw answer
    return answer
  }
}

/** Nodes `node-1` to `node-9`, and one whose name has a domain. */
export const tenNodes = {
  version: 1,
  has: (name: string): boolean => /^node-\d$/.test(name) || name === 'big.example',
  ofShortName: (name: string): readonly string[] => (name === 'big' ? ['big.example'] : []),
  ofProviderID: (id: string): readonly string[] => (id === 'aws:///1' ? ['node-1'] : []),
  ofAddress: (): readonly string[] => [],
}

const at: Instant = instant(0)

/** One series for each node. */
export const valuesOf = (
  values: Readonly<Record<string, number | readonly number[]>>,
  warnings: readonly string[] = [],
): MetricsAnswer => ({
  series: Object.entries(values).map(([node, value]) => ({
    labels: { node },
    samples: [value].flat().map((one) => ({ at, value: one })),
  })),
  warnings,
})
