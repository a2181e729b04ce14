import type { Diagnosis, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { kindOfTreatment, type Treatment, type TreatmentKind } from '../../api/v1alpha1/treatment.ts'
import { compileWhen } from './cel.ts'
import { isLatched } from './latched.ts'
import { showsHealth } from './query-settings.ts'
import type { PolicyIssue } from './validate-policy.ts'

/** Signals that nothing would show to have cleared after a rung that keeps the node. */
export function clearingIssues(spec: PolicySpec): readonly PolicyIssue[] {
  return spec.signals.flatMap((signal, index) => {
    const diagnosis = spec.diagnoses.find((candidate) => leavesOpen(spec, signal, candidate) !== undefined)
    const rung = diagnosis && leavesOpen(spec, signal, diagnosis)
    if (diagnosis === undefined || rung === undefined) return []
    const { why, mend } = openOf(signal)
    const message =
      `'${signal.name}' ${why}, so nothing would show that it cleared after the rung '${rung.name}' of '${diagnosis.name}': ` +
      `set ${mend} or use a rung that does not keep the node as it is`
    return [{ field: `spec.signals[${index}]`, reason: 'ClearingUndefined', message }]
  })
}

/** What stands between its silence and the word "cleared". */
function openOf({ alert, query }: Signal): { readonly why: string; readonly mend: string } {
  if (alert !== undefined)
    return {
      why: 'falls silent for reasons other than recovery',
      mend: '`clearedWhen` or, where a Prometheus is configured, `alert.clearedBy`',
    }
  if (query !== undefined)
    return {
      why: 'has neither a threshold nor `absentMeans: False`, and an absent series is Unknown',
      mend: 'one of them or `clearedWhen`',
    }
  return { why: 'latches until the node boots', mend: '`clearedWhen`' }
}

/** The first rung of the diagnosis after which the signal could not be seen to have cleared. */
function leavesOpen(spec: PolicySpec, signal: Signal, diagnosis: Diagnosis): Treatment | undefined {
  if (signal.clearedWhen !== undefined) return undefined
  const kinds = kindsLeftOpen(signal)
  if (kinds.length === 0 || !reads(spec, diagnosis, signal.name)) return undefined
  const ladder = spec.treatments.filter(({ name }) => diagnosis.treatments.includes(name))
  return ladder.find((treatment) => kinds.includes(kindOfTreatment(treatment)))
}

/** Rungs after which the signal by itself shows nothing. */
function kindsLeftOpen(signal: Signal): Kinds {
  const { alert, query } = signal
  if (alert !== undefined) return alert.clearedBy === undefined ? [...inPlace, ...booting] : none
  if (query !== undefined) return showsHealth(query) ? none : [...inPlace, ...booting]
  return isLatched(signal) ? inPlace : none
}

type Kinds = readonly (TreatmentKind | 'unknown')[]

const none: Kinds = []
const inPlace: Kinds = ['freeDisk', 'restartService', 'relieve']
const booting: Kinds = ['reboot', 'powerCycle']

function reads(spec: PolicySpec, { when }: Diagnosis, signalName: string): boolean {
  const compiled = compileWhen(
    when,
    spec.signals.map(({ name }) => name),
  )
  return compiled.ok && compiled.value.signalNames.includes(signalName)
}
