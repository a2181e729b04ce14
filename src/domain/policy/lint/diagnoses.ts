import type { Diagnosis, PolicySpec } from '../../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../../api/v1alpha1/signal.ts'
import { type CompiledWhen, compileWhen } from '../cel.ts'
import { type LintFinding, warning } from './finding.ts'
import { matchingTruths, signalsTriedMax, verdictOf } from './truths.ts'

interface Branch {
  readonly diagnosis: Diagnosis
  readonly index: number
  readonly when: CompiledWhen
}

/** Diagnoses that no state of the signals could ever lead to, and signals that lead to none. */
export function diagnosisFindings(spec: PolicySpec): readonly LintFinding[] {
  const names = spec.signals.map(({ name }) => name)
  const branches = spec.diagnoses.flatMap((diagnosis, index): readonly Branch[] => {
    const when = compileWhen(diagnosis.when, names)
    return when.ok ? [{ diagnosis, index, when: when.value }] : []
  })
  const read = new Set(branches.flatMap(({ when }) => when.signalNames))
  const idle = branches.length < spec.diagnoses.length ? [] : spec.signals.filter(({ name }) => !read.has(name))
  return [
    ...branches.flatMap((branch, place) => reachFindings(branch, branches.slice(0, place), spec)),
    ...idle.map(({ name }) =>
      warning('unread-signal', `spec.signals[${names.indexOf(name)}]`, `no diagnosis reads the signal '${name}'`),
    ),
  ]
}

function reachFindings(later: Branch, earlier: readonly Branch[], spec: PolicySpec): readonly LintFinding[] {
  const field = `spec.diagnoses[${later.index}].when`
  const { name } = later.diagnosis
  if (later.when.signalNames.length === 0)
    return [warning('unreachable-diagnosis', field, `'${name}' reads no signal, so it can never match`)]
  if (later.when.signalNames.length > signalsTriedMax) return []
  const matching = matchingTruths(later.when)
  if (matching.length === 0)
    return [warning('unreachable-diagnosis', field, `'${name}' can never match: no state of its signals makes it True`)]
  // An earlier one whose hold still runs lets the next that holds count.
  const before = earlier.filter(({ when }) => !mayWaitLonger(when, later.when, spec.signals))
  const covering = matching.map((truths) => before.find(({ when }) => verdictOf(when, truths) === 'True'))
  if (covering.some((branch) => branch === undefined)) return []
  const culprits = [...new Set(covering.flatMap((branch) => branch?.diagnosis.name ?? []))].map((one) => `'${one}'`)
  const message = `'${name}' can never be reached: whenever it matches, ${culprits.join(' or ')} before it does`
  return [warning('unreachable-diagnosis', field, message)]
}

/** Whether the earlier one reads a signal with a hold that the later one does not wait for. */
const mayWaitLonger = (earlier: CompiledWhen, later: CompiledWhen, signals: readonly Signal[]): boolean =>
  signals.some(
    ({ name, holdSeconds }) =>
      holdSeconds > 0 && earlier.signalNames.includes(name) && !later.signalNames.includes(name),
  )
