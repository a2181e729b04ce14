import { type Instant, instant, type Mono, mono, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import { RefusedError, UnavailableError } from '../../ports/errors.ts'
import type { Log } from '../../ports/journal.ts'
import type { Meter } from '../../ports/meter.ts'
import { badQuery, type Metrics, type Series } from '../../ports/metrics.ts'
import { Complaint, causeText } from '../../runtime/complaint.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { SourceMeter } from '../source-meter.ts'
import { FreshAnswers } from './fresh-answers.ts'
import type { Question } from './metric-question.ts'

export interface MetricsHeard {
  readonly askedAt: Mono
  /** When its newest sample was taken: it cannot know of anything later. */
  readonly at: Instant
  readonly atMono: Mono
  readonly series: readonly Series[]
  readonly partial?: string | undefined
}

/** How old its newest sample is, by its own clock. Empty: it scrapes nothing, or nothing any more. */
export const ageQuery = 'time() - max(timestamp(up))'

/** So many at a time: a policy must not be able to overload a Prometheus. */
const atOnceMax = 4

interface MetricServerPorts {
  readonly clock: Pick<Clock, 'now' | 'mono'>
  readonly metrics: Metrics
  readonly log: Log
  readonly meter?: Meter | undefined
  /** Resolves when an answer may be shown: until then the one before stands. */
  readonly prepare: (question: Question, heard: MetricsHeard) => Promise<void>
}

/** One Prometheus, with what it last said to every question. */
export class MetricServer {
  readonly name: string
  readonly #ports: MetricServerPorts
  readonly #complaint: Complaint
  readonly #meter: SourceMeter
  readonly #asked = new Map<string, Asked>()
  readonly #answers = new FreshAnswers<LastHeard>()
  #problem: string | undefined = 'it has not been asked yet'
  #newestAt: Mono | undefined

  constructor(ports: MetricServerPorts) {
    this.#ports = ports
    this.name = ports.metrics.name
    this.#complaint = new Complaint(ports.log)
    this.#meter = new SourceMeter({ meter: ports.meter ?? new MetricsRegistry(), clock: ports.clock }, 'query')
  }

  /** Why it could not be asked at all when it was last; undefined: it answers. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** How old the newest sample is that it has shown. Undefined: it has shown none. */
  heardMsAgo(): number | undefined {
    return this.#newestAt === undefined ? undefined : this.#ports.clock.mono() - this.#newestAt
  }

  /** The last answer, and why there is no newer one. */
  last(question: Question): LastHeard {
    return this.#asked.get(question.key) ?? notAsked
  }

  /** Why it did not answer this one when it was last asked; undefined: it did, or was not asked. */
  problemOf(question: Question): string | undefined {
    return this.#asked.get(question.key)?.problem
  }

  /**
   * Asks all of them, and forgets every other. Resolves with whether it could be asked at all; once the signal is aborted, with the
   * questions under way: a slow server must not hold up the end of the process.
   */
  async round(questions: readonly Question[], signal: AbortSignal): Promise<boolean> {
    const wanted = new Map(questions.map((question) => [question.key, question]))
    for (const key of this.#asked.keys()) if (!wanted.has(key)) this.#asked.delete(key)
    const newest = await this.#newest()
    if (newest.problem !== undefined) {
      for (const key of wanted.keys()) this.#noted(key).problem = newest.problem
      return false
    }
    const waiting = [...wanted.values()]
    const ask = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined && !signal.aborted; next = waiting.pop())
        await this.#ask(next, newest)
    }
    await Promise.all(Array.from({ length: atOnceMax }, ask))
    return true
  }

  /** Asks once more, all at once, for an act waits: what it then has heard is from after this call, or it is not. */
  readonly fresh = async (question: Question): Promise<LastHeard> =>
    await this.#answers.ask(question.key, async () => await this.#ask(question, this.#newest()))

  #noted(key: string): Asked {
    const asked = this.#asked.get(key) ?? { complaint: new Complaint(this.#ports.log) }
    this.#asked.set(key, asked)
    return asked
  }

  async #newest(): Promise<Newest> {
    const { clock, metrics } = this.#ports
    const [now, atMono] = [clock.now(), clock.mono()]
    try {
      const { series } = await metrics.query(ageQuery)
      const age = series[0]?.samples.at(-1)?.value
      if (age === undefined) throw new UnavailableError('it has no current sample of `up`: it scrapes nothing')
      this.#complaint.over('Prometheus answers again', { source: this.name })
      this.#problem = undefined
      const ageMs = Math.max(0, seconds(age))
      this.#newestAt = mono(atMono - ageMs)
      this.#meter.answered(this.name, this.#newestAt)
      return { at: instant(now - ageMs), atMono: mono(atMono - ageMs) }
    } catch (error) {
      this.#meter.failed(this.name, error)
      this.#complaint.about('Could not ask Prometheus', error, { source: this.name })
      this.#problem = causeText(error)
      return { problem: this.#problem }
    }
  }

  async #ask(question: Question, age: Newest | Promise<Newest>): Promise<LastHeard> {
    const asked = this.#noted(question.key)
    const askedAt = this.#ports.clock.mono()
    try {
      const [newest, answer] = await Promise.all([age, this.#answerTo(question)])
      if (newest.problem === undefined) {
        const heard = { askedAt, at: newest.at, atMono: newest.atMono, ...answer }
        await this.#ports.prepare(question, heard)
        if ((asked.heard?.askedAt ?? 0) <= askedAt) asked.heard = heard
      }
      asked.problem = newest.problem
      asked.complaint.over('Prometheus answers the query again', { source: this.name, expr: question.expr })
    } catch (error) {
      const { problem } = await age
      asked.problem = problem ?? causeText(error)
      const text = isFaultOfQuery(error) ? 'Prometheus refuses a query' : 'Could not ask Prometheus a query'
      if (problem === undefined) asked.complaint.about(text, error, { source: this.name, expr: question.expr })
    }
    return asked
  }

  async #answerTo({ expr, range }: Question): Promise<Pick<MetricsHeard, 'series' | 'partial'>> {
    const { metrics } = this.#ports
    const { series, warnings } = await (range === undefined ? metrics.query(expr) : metrics.queryRange(expr, range))
    const [warning] = warnings.toSorted()
    return warning === undefined ? { series } : { series, partial: `it answers in part: ${warning}` }
  }
}

export interface LastHeard {
  readonly heard?: MetricsHeard | undefined
  readonly problem?: string | undefined
}

interface Moment {
  readonly at: Instant
  readonly atMono: Mono
}

type Newest = (Moment & { readonly problem?: undefined }) | { readonly problem: string }

interface Asked {
  readonly complaint: Complaint
  heard?: MetricsHeard
  problem?: string | undefined
}

const isFaultOfQuery = (error: unknown): boolean => error instanceof RefusedError && error.reason === badQuery

const notAsked: LastHeard = { problem: 'it has not been asked yet' }
