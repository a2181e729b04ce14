import {
  type PollResult,
  type SourceKind,
  signalAgeMetric,
  sourcePollsMetric,
  sourceUpMetric,
} from '../api/metric-definitions.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import { RefusedError, TimeoutError } from '../ports/errors.ts'
import type { Meter } from '../ports/meter.ts'

interface SourceMeterPorts {
  readonly meter: Meter
  readonly clock: Pick<Clock, 'mono'>
}

/** Shows whether sources of one kind answer, and how old their last answer is. */
export class SourceMeter {
  readonly #kind: SourceKind
  readonly #clock: SourceMeterPorts['clock']
  readonly #answeredAt = new Map<string, Mono>()
  readonly #polls
  readonly #up
  readonly #age

  constructor({ meter, clock }: SourceMeterPorts, kind: SourceKind) {
    this.#kind = kind
    this.#clock = clock
    this.#polls = meter.counter(sourcePollsMetric)
    this.#up = meter.gauge(sourceUpMetric)
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
    this.#up.set(this.#labels(source), result === 'ok' ? 1 : 0)
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
