import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Signal, sourceOf } from '../../api/v1alpha1/signal.ts'
import { signalSources } from '../../api/v1alpha1/signal-sources.ts'
import { kindOfTreatment, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { parseTime } from '../../kernel/time.ts'
import { compileWhen } from './cel.ts'
import { clearingIssues } from './clearing.ts'
import { parsePromql, yieldsZeroOrOne } from './promql.ts'
import { settingProblems } from './signal-settings.ts'
import { windowProblem } from './windows.ts'

export interface PolicyIssue {
  /** As in `spec.diagnoses[1].when`. */
  readonly field: string
  readonly reason: 'PolicyInvalid' | 'ClearingUndefined'
  /** What is wrong, and what is allowed. */
  readonly message: string
}

/**
 * What a rule in the CRD cannot check. A policy with an issue does nothing until it is mended. `services`: those that a rung may
 * restart, where they are known.
 */
export const validatePolicy = (spec: PolicySpec, services?: readonly string[]): readonly PolicyIssue[] => [
  ...spec.signals.flatMap(signalIssues),
  ...spec.diagnoses.flatMap((_, index) => diagnosisIssues(spec, index)),
  ...spec.treatments.flatMap((treatment, index) => treatmentIssues(treatment, index, services)),
  ...calendarIssues(spec),
  ...clearingIssues(spec),
]

/** One line for a condition or a gate. */
export const describeIssue = ({ field, message }: PolicyIssue): string => `${field} ${message}`

const invalid = (field: string, message: string): PolicyIssue => ({ field, reason: 'PolicyInvalid', message })

const notAvailable = (field: string, instead: string): PolicyIssue =>
  invalid(field, `is not available in this version; available: ${instead}`)

function signalIssues(signal: Signal, index: number): readonly PolicyIssue[] {
  if (signal[sourceOf(signal)] !== undefined)
    return settingProblems(signal).map(({ path, message }) => invalid(`spec.signals[${index}].${path}`, message))
  // A newer release has written one that nobody here knows.
  return [notAvailable(`spec.signals[${index}]`, signalSources.map((name) => `\`${name}\``).join(', '))]
}

function diagnosisIssues(spec: PolicySpec, index: number): readonly PolicyIssue[] {
  const diagnosis = spec.diagnoses[index]
  if (diagnosis === undefined) return []
  const field = `spec.diagnoses[${index}]`
  const when = compileWhen(
    diagnosis.when,
    spec.signals.map(({ name }) => name),
  )
  const unread = when.ok ? [] : when.issues.map(({ message }) => invalid(`${field}.when`, message))
  return [...unread, ...ladderIssues(spec.treatments, diagnosis.treatments, `${field}.treatments`)]
}

function ladderIssues(rungs: readonly Treatment[], names: readonly string[], field: string): readonly PolicyIssue[] {
  const known = rungs.map(({ name }) => name).join(', ')
  return names.flatMap((name, place): readonly PolicyIssue[] => {
    const rung = rungs.find((candidate) => candidate.name === name)
    if (rung === undefined)
      return [invalid(`${field}[${place}]`, `names '${name}', which is no rung of \`treatments\` (known: ${known})`)]
    if (names.indexOf(name) !== place) return [invalid(`${field}[${place}]`, `names '${name}' a second time`)]
    if (rung.quarantine === undefined || place === names.length - 1) return []
    return [
      invalid(
        `${field}[${place}]`,
        `names '${name}', which quarantines and must be the last rung: after it people decide`,
      ),
    ]
  })
}

const availableTreatments = [
  'relieve',
  'freeDisk',
  'restartService',
  'reboot',
  'powerCycle',
  'replace',
  'quarantine',
] as const

function treatmentIssues(
  treatment: Treatment,
  index: number,
  services: readonly string[] | undefined,
): readonly PolicyIssue[] {
  const kind = kindOfTreatment(treatment)
  const field = `spec.treatments[${index}].${kind}`
  if (!availableTreatments.some((available) => available === kind)) {
    return [notAvailable(field, availableTreatments.map((available) => `\`${available}\``).join(', '))]
  }
  const { replace, restartService, relieve } = treatment
  const issues: PolicyIssue[] = relieve === undefined ? [] : [...loadIssues(relieve.load.expr, `${field}.load.expr`)]
  if (restartService !== undefined && services?.includes(restartService.name) === false) {
    const known = `allowed: ${services.join(', ')}, and what \`nodeServices\` names in the operator's configuration`
    issues.push(invalid(`${field}.name`, `'${restartService.name}' may not be restarted; ${known}`))
  }
  if (replace?.provider === 'ClusterAPI') issues.push(notAvailable(`${field}.provider`, "'Karpenter'"))
  if (replace?.surge === true) issues.push(notAvailable(`${field}.surge`, "'false'"))
  return issues
}

/** A comparison leaves out the very nodes whose load is below: what is absent says nothing. */
function loadIssues(expr: string, field: string): PolicyIssue[] {
  const read = parsePromql(expr)
  if (!read.ok) return read.issues.map(({ message }) => invalid(field, message))
  if (read.value.comparison === undefined && !yieldsZeroOrOne(expr)) return []
  return [invalid(field, `\`${expr}\` compares: write the load itself, and its target as \`below\``)]
}

/** A window that never opens, or a freeze that never holds, is not what its author meant. */
function calendarIssues({ maintenanceWindows, freezes }: PolicySpec): readonly PolicyIssue[] {
  const windows = maintenanceWindows.flatMap((window, index) => {
    const problem = windowProblem(window)
    return problem === undefined ? [] : [invalid(`spec.maintenanceWindows[${index}].${problem.field}`, problem.message)]
  })
  return [...windows, ...freezes.flatMap(freezeIssues)]
}

function freezeIssues({ startTime, endTime }: PolicySpec['freezes'][number], index: number): readonly PolicyIssue[] {
  const [start, end] = [parseTime(startTime), parseTime(endTime)]
  const field = `spec.freezes[${index}]`
  if (start === undefined)
    return [invalid(`${field}.startTime`, `'${startTime}' is no time such as '2026-12-24T00:00:00Z'`)]
  if (end === undefined) return [invalid(`${field}.endTime`, `'${endTime}' is no time such as '2026-12-27T00:00:00Z'`)]
  return end > start ? [] : [invalid(`${field}.endTime`, `${endTime} must be later than \`startTime\` ${startTime}`)]
}
