import type { PolicySpec, SourceStatus } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { isEqual } from '../../kernel/json.ts'
import { type Instant, instant, rfc3339 } from '../../kernel/time.ts'
import type { SourceHealth } from './source-health.ts'

/** As many as a status carries. */
const sourcesMax = 32

/**
 * The sources that signals of a policy rest on. What stands already stays while the state does, its words too: errors are told in
 * many ways, and only a change of state is worth a write.
 */
export const sourceStatuses = (
  { signals }: PolicySpec,
  health: readonly SourceHealth[],
  { before, now }: { readonly before: readonly SourceStatus[]; readonly now: Instant },
): readonly SourceStatus[] =>
  health
    .filter((source) => signals.some((signal) => restsOn(signal, source)))
    .slice(0, sourcesMax)
    .map((source) => {
      const { kind, name } = source
      const problem = source.problem ?? problemOfQueries(signals, source)
      const state = problem === undefined ? 'Answering' : 'Failing'
      const known = before.find((one) => one.kind === kind && one.name === name && one.state === state)
      const message = problem === undefined ? {} : { message: problem.slice(0, 512) }
      return known ?? { kind, name, state, since: rfc3339(now), ...message, ...lastHeard(source, { state, now }) }
    })

/** While it answers, that is now, and a status that says so would be written for ever. */
const lastHeard = (
  { heardMsAgo }: SourceHealth,
  { state, now }: { readonly state: SourceStatus['state']; readonly now: Instant },
): Pick<SourceStatus, 'lastHeardTime'> =>
  state === 'Answering' || heardMsAgo === undefined ? {} : { lastHeardTime: rfc3339(instant(now - heardMsAgo)) }

/** A server that answers others may refuse what this policy asks. */
function problemOfQueries(signals: readonly Signal[], { queries = [] }: SourceHealth): string | undefined {
  const problems = signals.flatMap((signal) =>
    queries
      .filter(({ query }) => isEqual(query, signal.query))
      .map(({ problem }) => `the query of ${signal.name}: ${problem}`),
  )
  return problems.toSorted()[0]
}

function restsOn(signal: Signal, { kind, name, symptoms }: SourceHealth): boolean {
  if (signal[kind] === undefined) return false
  if (signal.podSymptom !== undefined && symptoms?.includes(signal.podSymptom.symptom) === false) return false
  const asked = (signal.alert ?? signal.query)?.source
  return asked === undefined || asked === name
}
