import type { Diagnosis, PolicySpec } from '../../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../../api/v1alpha1/signal.ts'
import type { Treatment } from '../../../api/v1alpha1/treatment.ts'
import { type CompiledWhen, compileWhen } from '../cel.ts'
import { type LintFinding, warning } from './finding.ts'
import { matchingTruths, signalsTriedMax } from './truths.ts'

/** Rungs that nothing could show to have worked, and ladders of which no rung can reach the node. */
export const ladderFindings = (spec: PolicySpec): readonly LintFinding[] => [
  ...spec.treatments.flatMap(rungFindings),
  ...spec.diagnoses.flatMap((diagnosis, index) => ladderOfFindings(spec, diagnosis, index)),
]

function rungFindings({ name, verification, relieve, ...rung }: Treatment, index: number): readonly LintFinding[] {
  const field = `spec.treatments[${index}]`
  const findings: LintFinding[] = []
  if (rung.quarantine === undefined && verification.stableSeconds >= verification.timeoutSeconds) {
    const message = `'${name}' could never be verified: stable for ${verification.stableSeconds}s within ${verification.timeoutSeconds}s`
    findings.push(warning('endless-rung', `${field}.verification`, message))
  }
  if (relieve !== undefined && relieve.holdSeconds >= relieve.timeoutSeconds) {
    const message = `'${name}' could never be done: below its load for ${relieve.holdSeconds}s within ${relieve.timeoutSeconds}s`
    findings.push(warning('endless-rung', `${field}.relieve`, message))
  }
  return findings
}

function ladderOfFindings(spec: PolicySpec, diagnosis: Diagnosis, index: number): readonly LintFinding[] {
  const rungs = diagnosis.treatments.flatMap((name) => spec.treatments.filter((rung) => rung.name === name))
  const field = `spec.diagnoses[${index}].treatments`
  const unused = diagnosis.class === 'Fault' ? [] : rungs.filter(isBoot)
  const findings = unused.map(({ name }) =>
    warning('idle-rung', field, `'${name}' boots a node that is busy and not ill (class Load): the load comes back`),
  )
  if (rungs.length === 0 || !rungs.every(needsKubelet) || !meansSilence(spec, diagnosis)) return findings
  const names = rungs.map(({ name }) => `'${name}'`).join(', ')
  const message = `'${diagnosis.name}' stands while the kubelet is silent, and each of its rungs (${names}) needs a kubelet that answers`
  return [...findings, warning('unreachable-node', field, message)]
}

const isBoot = ({ reboot, powerCycle, restartService }: Treatment): boolean =>
  reboot !== undefined || powerCycle !== undefined || restartService !== undefined

/** What is ordered on the node itself is carried out by a pod there. */
const needsKubelet = ({ reboot, restartService, freeDisk }: Treatment): boolean =>
  reboot !== undefined || restartService !== undefined || freeDisk !== undefined

/** Whether it can match only while the kubelet is silent. */
function meansSilence({ signals }: PolicySpec, { when }: Diagnosis): boolean {
  const silent = signals.filter(isSilence).map(({ name }) => name)
  const compiled = compileWhen(
    when,
    signals.map(({ name }) => name),
  )
  if (!compiled.ok || silent.length === 0 || compiled.value.signalNames.length > signalsTriedMax) return false
  return !matchesWithout(compiled.value, silent)
}

const isSilence = ({ nodeCondition, lease }: Signal): boolean =>
  lease !== undefined || (nodeCondition?.type === 'Ready' && nodeCondition.status === 'Unknown')

const matchesWithout = (when: CompiledWhen, silent: readonly string[]): boolean =>
  matchingTruths(when).some((truths) => silent.every((name) => truths[name] !== 'True'))
