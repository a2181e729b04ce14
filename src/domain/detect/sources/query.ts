import type { ConditionStatus } from '../../../api/core/node.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { type Instant, instant, later, mono, rfc3339, seconds } from '../../../kernel/time.ts'
import { parsePromql } from '../../policy/promql.ts'
import type { QueryAnswer, QueryHeard, QuerySeen, Sample } from '../sources-seen.ts'
import { queryKey } from './query-sample.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'
import { type QuerySettings, type Threshold, thresholdOf } from './threshold.ts'

type QuerySignal = SignalOf<'query'>

/** Three scrapes of 30 s and two polls. */
export const queryFreshnessSeconds = 120

export const querySource: SourceRules<'query'> = {
  freshnessSeconds: queryFreshnessSeconds,
  // A rate needs two scrapes, and what starts is busy.
  bootGraceSeconds: 300,
  claim,
  changesInMs: untilStale,
  cleared,
}

/**
 * Trouble that any server shows counts, and health only if all have answered in full. No series about the node is neither, unless
 * the policy says otherwise.
 */
function claim(signal: QuerySignal, look: Look): Claim {
  const { query } = signal
  const heard = heardOf(query, look)
  if (heard === undefined) return unavailable('the query has not been asked yet')
  if (heard.length === 0) return unavailable(nobody(query))
  const threshold = thresholdOf(query)
  const fresh = heard.map((said) => ({ said, answer: freshAnswer(signal, said, look) }))
  const answers = fresh.flatMap(({ answer }) => answer ?? [])
  const measured = { value: worst(answers, threshold), sampledAt: oldest(answers) }
  const states = answers.flatMap(({ samples }) => samples.map((sample) => stateOf(query, sample, look.stood)))
  if (states.includes('True')) return { state: 'True', message: inTrouble(threshold), ...measured }

  const silent = fresh.find(({ answer }) => answer === undefined)
  if (silent !== undefined) return silenceOf(signal, silent.said)
  const partial = fresh.find(({ answer }) => answer?.partial !== undefined)
  if (partial !== undefined) return unavailable(`${partial.said.server}: ${partial.answer?.partial ?? ''}`)
  if (states.includes('Unknown')) return { ...doubt(query), ...measured }
  if (states.includes('False')) return { state: 'False', message: healthy(threshold), ...measured }
  return { ...absent(query), ...measured }
}

const heardOf = (query: QuerySettings, { sources }: Pick<Look, 'sources'>): QuerySeen | undefined =>
  sources.queries[queryKey(query)]?.toSorted((left, right) => (left.server < right.server ? -1 : 1))

const unavailable = (text: string): Claim => ({
  state: 'Unknown',
  reason: 'SourceUnavailable',
  message: text.startsWith('the query') ? text : `the query: ${text}`.slice(0, 512),
})

const nobody = ({ source }: QuerySettings): string =>
  source === undefined ? 'no Prometheus is configured' : `no Prometheus named ${source} is configured`

function freshAnswer(signal: QuerySignal, { answer }: QueryHeard, { mono: at }: Look): QueryAnswer | undefined {
  return answer === undefined || at - answer.atMono > freshnessMs(signal) ? undefined : answer
}

const freshnessMs = ({ freshnessSeconds = queryFreshnessSeconds }: QuerySignal): number => seconds(freshnessSeconds)

/** A server that fell silent is told by its own trouble; one that answers is old itself. */
function silenceOf(signal: QuerySignal, { server, problem, answer }: QueryHeard): Claim {
  if (answer === undefined || problem !== undefined) return unavailable(`${server}: ${problem ?? 'no answer'}`)
  const limit = signal.freshnessSeconds ?? queryFreshnessSeconds
  const message = `the query: ${server} has no sample younger than ${limit}s`
  return { state: 'Unknown', reason: 'SignalStale', message }
}

const inTrouble = (threshold: Threshold | undefined): string =>
  threshold === undefined ? 'the query has a series for this node' : `the query is ${threshold.text}`

const healthy = (threshold: Threshold | undefined): string =>
  threshold === undefined ? 'the query has too few samples for this node' : `the query is not ${threshold.text}`

const doubt = ({ range }: QuerySettings): Claim => ({
  state: 'Unknown',
  reason: 'SignalMissing',
  message:
    range === undefined
      ? 'the query has no number for this node'
      : `the query has fewer than half of its samples of ${range.windowSeconds}s for this node`,
})

function absent({ absentMeans }: QuerySettings): Claim {
  const message = 'the query has no series for this node'
  return absentMeans === 'False' ? { state: 'False', message } : { state: 'Unknown', reason: 'SignalMissing', message }
}

/** What one series says. Without a threshold it is there because there is trouble. */
function stateOf(query: QuerySettings, sample: Sample, stood: boolean): ConditionStatus {
  const { value, range } = sample
  if (value === undefined) return 'Unknown'
  const threshold = thresholdOf(query)
  if (query.range !== undefined) return range === undefined ? 'Unknown' : overRange(query, range, { stood, threshold })
  if (threshold === undefined) return 'True'
  return (stood ? threshold.stays(value) : threshold.isEntered(value)) ? 'True' : 'False'
}

function overRange(
  { range: settings, absentMeans }: QuerySettings,
  { samples, expected, inTrouble: entered, staying }: NonNullable<Sample['range']>,
  { stood, threshold }: { readonly stood: boolean; readonly threshold: Threshold | undefined },
): ConditionStatus {
  const share = (settings?.sharePercent ?? 100) / 100
  const count = stood ? staying : entered
  // Where a series is trouble, a sample that is not there is absent, and not lost.
  if (threshold === undefined && samples < share * expected) return absentMeans
  if (threshold !== undefined && samples * 2 < expected) return 'Unknown'
  return count >= share * (threshold === undefined ? expected : samples) ? 'True' : 'False'
}

/** What a signal says of these samples, whether it stood or not: only another word can change what is believed. */
export const wordsOf = (query: QuerySettings, samples: readonly Sample[]): string =>
  [false, true]
    .map((stood) =>
      samples
        .map((sample) => stateOf(query, sample, stood))
        .toSorted()
        .join(),
    )
    .join('/')

function worst(answers: readonly QueryAnswer[], threshold: Threshold | undefined): number | undefined {
  const values = answers.flatMap(({ samples }) => samples.flatMap(({ value }) => value ?? []))
  const worse = threshold?.worse ?? Math.max
  return values.length === 0 ? undefined : values.reduce((left, right) => worse(left, right))
}

/** All servers have moved on when the slowest has. */
const oldest = (answers: readonly QueryAnswer[]) =>
  answers.length === 0 ? undefined : mono(Math.min(...answers.map(({ atMono }) => atMono)))

function untilStale(signal: QuerySignal, look: Look): number | undefined {
  const answers = (heardOf(signal.query, look) ?? []).flatMap((said) => freshAnswer(signal, said, look) ?? [])
  const at = oldest(answers)
  return at === undefined ? undefined : freshnessMs(signal) - (look.mono - at) + 1
}

/** A rate still mixes in what was before, so that a whole window of it has to lie behind the treatment. */
function cleared(signal: QuerySignal, seen: Clearing): ClearedAnswer {
  const said = claim(signal, seen)
  if (said.state !== 'False') return { cleared: false, message: said.message }
  const windowSeconds = windowOf(signal.query)
  if (windowSeconds === undefined)
    return { cleared: false, message: `${said.message}, but it cannot be read, so nobody knows how far it looks back` }
  const due = later(seen.treatedAt, seconds(windowSeconds))
  const at = instant(Math.min(...(heardOf(signal.query, seen) ?? []).map(({ answer }) => answer?.at ?? 0)))
  if (at > due) return { cleared: true, message: `${said.message} as of ${rfc3339(at)}` }
  return {
    cleared: false,
    message: `${said.message} as of ${rfc3339(at)}, which is ${tooEarly(at, seen, windowSeconds)}`,
  }
}

const tooEarly = (at: Instant, { treatedAt }: Clearing, windowSeconds: number): string =>
  at <= treatedAt
    ? 'no evidence from after the treatment'
    : `less than the ${windowSeconds}s after the treatment that it looks back`

/** Undefined: the expression cannot be read, and it may look back as far as it likes. */
const windowOf = ({ expr, range }: QuerySettings): number | undefined => {
  const read = parsePromql(expr)
  return read.ok ? read.value.lookbackSeconds + (range?.windowSeconds ?? 0) : undefined
}
