import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'

/** What a run for this diagnosis would carry: what speaks for it, and the rungs in their order. */
export function ladderOf(
  { diagnoses, signals, treatments }: PolicySpec,
  diagnosis: string,
): Pick<RunSpec, 'treatments'> & Pick<RunSpec['cause'], 'when' | 'signals'> {
  const rule = diagnoses.find(({ name }) => name === diagnosis)
  const when = rule?.when ?? ''
  return {
    when,
    signals: signals.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(when)),
    treatments: (rule?.treatments ?? []).flatMap((rung) => treatments.filter(({ name }) => name === rung)),
  }
}
