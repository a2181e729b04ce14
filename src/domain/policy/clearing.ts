import type { Diagnosis, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { kindOfTreatment, type Treatment, type TreatmentKind } from '../../api/v1alpha1/treatment.ts'
import { compileWhen } from './cel.ts'
import { isLatched } from './latched.ts'
import type { PolicyIssue } from './validate-policy.ts'

/** Signals that nothing would show to have cleared after a rung that keeps the node. */
export function clearingIssues(spec: PolicySpec): readonly PolicyIssue[] {
  return spec.signals.flatMap((signal, index) => {
    const diagnosis = spec.diagnoses.find((candidate) => leavesOpen(spec, signal, candidate) !== undefined)
    const rung = diagnosis && leavesOpen(spec, signal, diagnosis)
    if (diagnosis === undefined || rung === undefined) return []
    const why =
      signal.alert === undefined ? 'latches until the node boots' : 'falls silent for reasons other than recovery'
    const message =
      `'${signal.name}' ${why}, so nothing would show that it cleared after the rung '${rung.name}' of '${diagnosis.name}': ` +
      'set `clearedWhen` or use a rung that does not keep the node as it is'
    return [{ field: `spec.signals[${index}]`, reason: 'ClearingUndefined', message }]
  })
}

/** The first rung of the diagnosis after which the signal could not be seen to have cleared. */
function leavesOpen(spec: PolicySpec, signal: Signal, diagnosis: Diagnosis): Treatment | undefined {
  if (signal.clearedWhen !== undefined) return undefined
  const kinds = signal.alert === undefined ? (isLatched(signal) ? inPlace : none) : [...inPlace, ...booting]
  if (kinds.length === 0 || !reads(spec, diagnosis, signal.name)) return undefined
  const ladder = spec.treatments.filter(({ name }) => diagnosis.treatments.includes(name))
  return ladder.find((treatment) => kinds.includes(kindOfTreatment(treatment)))
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
