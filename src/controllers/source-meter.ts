import { type PollResult, signalAgeMetric, sourcePollsMetric } from '../api/metric-definitions.ts'
import type { SignalSource } from '../api/v1alpha1/signal-sources.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import { RefusedError, TimeoutError } from '../ports/errors.ts'
import type { Meter } from '../ports/meter.ts'

interface SourceMeterPorts {
  readonly meter: Meter
  readonly clock: Pick<Clock, 'mono'>
}

/** Shows how sources of one kind answer, and how old their last answer is. */
export class SourceMeter {
  readonly #kind: SignalSource
  readonly #clock: SourceMeterPorts['clock']
  readonly #answeredAt = new Map<string, Mono>()
  readonly #polls
  readonly #age

  constructor({ meter, clock }: SourceMeterPorts, kind: SignalSource) {
    this.#kind = kind
    this.#clock = clock
    this.#polls = meter.counter(sourcePollsMetric)
    this.#age = meter.gauge(signalAgeMetric)
  }

  /** `at`: when it was asked. */
  answered(source: string, at: Mono): void {
    if (!this.#answeredAt.has(source)) this.#age.read(this.#labels(source), () => this.#ageOf(source))
    this.#answeredAt.set(source, at)
    this.#count(source, 'ok')
  }

  failed(source: string, error: unknown): void {
    this.#count(source, resultOf(error))
  }

  #count(source: string, result: PollResult): void {
    this.#polls.add({ ...this.#labels(source), result })
  }

  #ageOf(source: string): number | undefined {
    const at = this.#answeredAt.get(source)
    return at === undefined ? undefined : (this.#clock.mono() - at) / seconds(1)
  }

  readonly #labels = (source: string) => ({ kind: this.#kind, source })
}

function resultOf(error: unknown): PollResult {
  if (error instanceof TimeoutError) return 'timeout'
  return error instanceof RefusedError ? 'refused' : 'unavailable'
}
