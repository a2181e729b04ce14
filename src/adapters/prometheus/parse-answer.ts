import { safeText } from '../../kernel/hostile-text.ts'
import { at, listAt, textAt, textMapAt } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import { RefusedError } from '../../ports/errors.ts'
import { badQuery, type MetricSample, type MetricsAnswer, type Series } from '../../ports/metrics.ts'

export interface Expected {
  readonly resultType: 'vector' | 'matrix'
  readonly seriesMax: number
}

/** The series of an answer. Throws RefusedError where it is of another type, or too large. */
export function parseAnswer(answer: unknown, { resultType, seriesMax }: Expected): MetricsAnswer {
  const found = textAt(answer, 'data', 'resultType') ?? 'nothing'
  if (found !== resultType) {
    throw refused(`Prometheus answers with ${safeText(found, 32)}, expected ${resultType}: one series per node`)
  }
  const entries = listAt(answer, 'data', 'result')
  if (entries.length > seriesMax) throw refused(`Prometheus answers with more than ${seriesMax} series`)
  const said = listAt(answer, 'warnings').map(textOf)
  return { series: entries.map(parseSeries), warnings: said.filter(isWarning).map((text) => safeText(text)) }
}

const refused = (message: string): RefusedError => new RefusedError(message, { status: 200, reason: badQuery })

/** A native histogram has no value, and stays as a series that says nothing. */
function parseSeries(entry: unknown): Series {
  const single = at(entry, 'value')
  const points = single === undefined ? listAt(entry, 'values') : [single]
  return { labels: textMapAt(entry, 'metric'), samples: points.flatMap(parseSample) }
}

function parseSample(point: unknown): readonly MetricSample[] {
  const [time, text] = [at(point, 0), at(point, 1)]
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN
  return typeof time === 'number' && Number.isFinite(value) ? [{ at: instant(Math.round(time * 1_000)), value }] : []
}

/** What is no text is not made one: an object may bring a `toString` that is no method, and a list may be as deep as the answer is long. */
const textOf = (entry: unknown): string => (typeof entry === 'string' ? entry : 'a warning that is no text')

/** Some releases send remarks about style, such as the name of a counter, as warnings. */
const isWarning = (text: string): boolean => !text.startsWith('PromQL info')
