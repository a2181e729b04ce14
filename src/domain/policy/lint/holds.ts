import type { PolicySpec } from '../../../api/v1alpha1/node-remediation-policy.ts'
import { type Signal, sourceOf } from '../../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../../api/v1alpha1/signal-sources.ts'
import { type LintFinding, warning } from './finding.ts'

/** How often a source is asked where it is asked at all; what is watched tells of itself. */
export type PollIntervals = Readonly<Partial<Record<SignalSource, number>>>

/** Holds within which no second answer comes, and evidence that is old before the next one can come. */
export const holdFindings = ({ signals }: PolicySpec, polls: PollIntervals): readonly LintFinding[] =>
  signals.flatMap((signal, index) => {
    const source = sourceOf(signal)
    const everySeconds = intervalOf(signal, polls)
    if (everySeconds === undefined) return []
    const { holdSeconds, freshnessSeconds } = signal
    const findings: LintFinding[] = []
    if (holdSeconds > 0 && holdSeconds < everySeconds) {
      const asked = `\`${source}\` is asked again (every ${everySeconds}s)`
      const message = `${holdSeconds}s is over before ${asked}: one answer decides, as with 0`
      findings.push(warning('short-hold', `spec.signals[${index}].holdSeconds`, message))
    }
    if (freshnessSeconds !== undefined && freshnessSeconds < everySeconds) {
      const asked = `\`${source}\` is asked in (every ${everySeconds}s)`
      const message = `${freshnessSeconds}s is less than ${asked}: it would be Unknown between answers`
      findings.push(warning('short-freshness', `spec.signals[${index}].freshnessSeconds`, message))
    }
    return findings
  })

const intervalOf = (signal: Signal, polls: PollIntervals): number | undefined => polls[sourceOf(signal)]
