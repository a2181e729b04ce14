import { pollSeconds } from '../../api/pacing.ts'
import { type Signal, sourceOf } from '../../api/v1alpha1/signal.ts'
import type { Issue } from '../../kernel/parsed.ts'
import { compilePattern } from './pattern.ts'
import { queryProblems } from './query-settings.ts'

/** What of a signal no rule in the CRD can check. Paths begin at the signal. */
export function settingProblems(signal: Signal): readonly Issue[] {
  const { nodeCondition, nodeEvent } = signal
  return [
    ...samplesProblem(signal),
    ...queryProblems(signal),
    ...patternProblem('nodeCondition.reasonMatches', nodeCondition?.reasonMatches),
    ...patternProblem('nodeEvent.messageMatches', nodeEvent?.messageMatches),
  ]
}

/** Those that answer again and again, so that their answers can be counted. */
const polledSources: readonly string[] = Object.keys(pollSeconds)

function samplesProblem(signal: Signal): readonly Issue[] {
  if (signal.samples === undefined || polledSources.includes(sourceOf(signal))) return []
  const sources = polledSources.map((source) => `\`${source}\``).join(', ')
  return [{ path: 'samples', message: `counts answers of a source that is polled: only ${sources} are` }]
}

function patternProblem(path: string, source: string | undefined): readonly Issue[] {
  const outcome = source === undefined ? undefined : compilePattern(source)
  return typeof outcome === 'string'
    ? [{ path, message: `'${source}' is no regular expression of RE2: ${outcome}` }]
    : []
}
