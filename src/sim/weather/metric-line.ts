import { seconds } from '../../kernel/time.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { Metrics, MetricsAnswer } from '../../ports/metrics.ts'
import type { Loop } from '../loop.ts'
import type { Prometheus } from '../world/prometheus/prometheus.ts'
import { answerFrom, type Scrape } from '../world/prometheus/scrape.ts'
import type { Outages } from './outages.ts'
import type { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'

const giveUpMs = seconds(5)
const slowMs = seconds(4)

export interface MetricLineOptions {
  readonly loop: Loop
  readonly outages: Outages
  readonly tell: (event: ProcessEvent) => void
}

/** What stands between every process and the Prometheus. */
export class MetricLine {
  readonly #prometheus: Prometheus
  readonly #options: MetricLineOptions
  #old: Scrape | undefined

  constructor(prometheus: Prometheus, options: MetricLineOptions) {
    this.#prometheus = prometheus
    this.#options = options
  }

  of(process: Process): Metrics {
    const { metrics } = this.#prometheus
    return {
      name: metrics.name,
      query: async (expr) => await this.#through(process, async () => await this.#query(process, expr)),
      queryRange: async (expr, range) =>
        await this.#through(process, async () => await metrics.queryRange(expr, range)),
      alertRules: async (name) => await this.#through(process, async () => await metrics.alertRules(name)),
    }
  }

  /** Nobody hears an answer while he stands still. */
  async #through<Value>(process: Process, ask: () => Promise<Value>): Promise<Value> {
    return await new Promise<Value>((resolve, reject) => {
      this.#onTheWay()
        .then(ask)
        .then(
          (value) => process.resume(() => resolve(value)),
          (error: unknown) => process.resume(() => reject(error)),
        )
    })
  }

  async #onTheWay(): Promise<void> {
    const { outages, loop } = this.#options
    if (outages.metricsSlow.isHeld) await loop.sleep(slowMs)
    if (!outages.metricsDown.isHeld) return
    await loop.sleep(giveUpMs)
    throw new UnavailableError(`${this.#prometheus.metrics.name} is not reachable`)
  }

  async #query(process: Process, expr: string): Promise<MetricsAnswer> {
    const { outages, loop, tell } = this.#options
    if (!outages.metricsOld.isHeld) this.#old = undefined
    else this.#old ??= this.#prometheus.last
    const scrape = this.#old ?? this.#prometheus.last
    const answer = answerFrom(scrape, expr, loop.now())
    if (outages.metricsEmpty.isHeld) return { series: [], warnings: [] }
    tell({ kind: 'MetricsHeard', by: process, at: scrape.at })
    if (!outages.metricsPartial.isHeld) return answer
    return { series: answer.series.filter((_, index) => index % 2 === 0), warnings: ['shard 2 is away'] }
  }
}
