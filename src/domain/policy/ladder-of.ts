import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { compileWhen } from './cel.ts'

/** What a run for this diagnosis would carry: what speaks for it, and the rungs in their order. */
export function ladderOf(
  { diagnoses, signals, treatments }: PolicySpec,
  diagnosis: string,
): Pick<RunSpec, 'treatments'> & Pick<RunSpec['cause'], 'when' | 'signals'> {
  const rule = diagnoses.find(({ name }) => name === diagnosis)
  const when = rule?.when ?? ''
  const compiled = compileWhen(
    when,
    signals.map(({ name }) => name),
  )
  const read = compiled.ok ? compiled.value.signalNames : []
  return {
    when,
    signals: signals.filter(({ name }) => read.includes(name)),
    treatments: (rule?.treatments ?? []).flatMap((rung) => treatments.filter(({ name }) => name === rung)),
  }
}
