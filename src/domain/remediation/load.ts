import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, instant, later, seconds } from '../../kernel/time.ts'
import { queryFreshnessSeconds } from '../detect/sources/query.ts'
import { queryKey } from '../detect/sources/query-sample.ts'
import type { QueryHeard } from '../detect/sources-seen.ts'
import { parsePromql } from '../policy/promql.ts'
import type { LoadSeen } from '../surroundings/provider-ready.ts'
import type { Observation } from './observation.ts'

/** The question about the load of a node, as sources know questions. Undefined: the rung does not ask. */
export const loadSignalOf = ({ relieve }: Pick<Treatment, 'relieve'>): (Signal & { query: LoadQuery }) | undefined =>
  relieve && {
    name: 'load',
    holdSeconds: 0,
    leaveSeconds: 0,
    query: { expr: relieve.load.expr, absentMeans: 'Unknown' },
  }

type LoadQuery = NonNullable<Signal['query']>

/** Known only where every server has answered in full, and lately: what one of them hides may be the worst. */
export function loadOf(seen: Pick<Observation, 'sources' | 'mono'>, treatment: Pick<Treatment, 'relieve'>): LoadSeen {
  const signal = loadSignalOf(treatment)
  const heard = signal && seen.sources.queries[queryKey(signal.query)]
  if (heard === undefined) return { kind: 'NotAsked' }
  if (heard.length === 0) return { kind: 'Unknown', message: 'no Prometheus is configured' }
  const silent = heard.flatMap((said) => silenceOf(said, seen) ?? [])[0]
  if (silent !== undefined) return { kind: 'Unknown', message: silent }
  const values = heard.flatMap(({ answer }) => answer?.samples.flatMap(({ value }) => value ?? []) ?? [])
  if (values.length === 0) return { kind: 'Unknown', message: 'the query has no series for this node' }
  const at = instant(Math.min(...heard.map(({ answer }) => answer?.at ?? 0)))
  return { kind: 'Known', value: Math.max(...values), at }
}

function silenceOf({ server, answer, problem }: QueryHeard, { mono }: Pick<Observation, 'mono'>): string | undefined {
  if (answer === undefined) return `${server}: ${problem ?? 'no answer'}`
  if (mono - answer.atMono > seconds(queryFreshnessSeconds))
    return `${server}: ${problem ?? `it has no sample younger than ${queryFreshnessSeconds}s`}`
  return answer.partial === undefined ? undefined : `${server}: ${answer.partial}`
}

/** Whether it was measured after this moment, and looks back at nothing before it. */
export function isNewer(load: LoadSeen, { relieve }: Pick<Treatment, 'relieve'>, than: Instant): boolean {
  const read = parsePromql(relieve?.load.expr ?? '')
  const lookbackMs = seconds(read.ok ? read.value.lookbackSeconds : 0)
  return load.kind === 'Known' && load.at > later(than, lookbackMs)
}
