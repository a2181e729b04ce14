import { treatGates } from '../../api/gates.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { drainModeOf, kindOfTreatment, type Treatment, treatmentTimeoutSeconds } from '../../api/v1alpha1/treatment.ts'
import { conditionOf } from '../../domain/explain/attention.ts'
import { orUnknown } from '../../domain/explain/or-unknown.ts'
import { courseOf, type RungCourse, type StepCourse } from '../../domain/explain/run-course.ts'
import { statusOfStep, stepInWords } from '../../domain/explain/run-tree.ts'
import { deadlineInWords, deadlineOf, evidenceAsked, gateInWords, heldInWords } from '../../domain/explain/run-waits.ts'
import { wrapped } from '../../domain/explain/wrapped.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { durationInWords, type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'
import type { GlobalOptions } from '../context.ts'
import { table } from '../output/table.ts'
import type { RunParts } from './read-run-parts.ts'

/** One run as a page: state, since, why, next, who; then all of it in the order in which it happened. */
export function runInWords(parts: RunParts, options: GlobalOptions, columns: number): readonly string[] {
  const sections: readonly (readonly [title: string, lines: readonly Line[]])[] = [
    ['Cause', causeOf(parts.run)],
    ['Plan', planOf(parts.run)],
    ['Steps', stepsOf(parts.run)],
    ['Gates', gatesOf(parts.run)],
    ['Drain', drainOf(parts.run)],
    ['Timeline', timelineOf(parts.run)],
    ['Approvals', approvalsOf(parts)],
    ['Events', eventsOf(parts)],
    ['Left of it', leftOf(parts)],
    ['Not readable', parts.unreadable],
    ['Log', [logQuery(parts.run, options)]],
  ]
  return [
    ...headOf(parts),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => ['', title, ...lines.flatMap((line) => fitted(line, columns))]),
  ]
}

/** What follows a lead goes on under its own beginning. */
type Line = string | { readonly lead: string; readonly text: string }

const fitted = (line: Line, columns: number): readonly string[] =>
  typeof line === 'string'
    ? wrapped('  ', oneLine(line), columns)
    : wrapped(`  ${oneLine(line.lead)}  `, oneLine(line.text), columns)

/** Nodes, pods and people wrote most of it: none of them begins a line of this page. */
const oneLine = (text: string): string => safeText(text, Number.POSITIVE_INFINITY)

function headOf(parts: RunParts): readonly string[] {
  return [...whoOf(parts), ...whenOf(parts)].flatMap(([title, text]) =>
    text === undefined ? [] : [`${title.padEnd(10)} ${oneLine(text)}`],
  )
}

/** Undefined: there is nothing to say. */
type Titled = readonly [title: string, text: string | undefined]

function whoOf({ run }: RunParts): readonly Titled[] {
  const { metadata, spec } = run
  return [
    ['Run', `${metadata.name} (UID ${metadata.uid})`],
    ['Node', `${orUnknown(spec?.node.name)} (UID ${orUnknown(spec?.node.uid)})`],
    ['Policy', orUnknown(spec?.policyName)],
    ['State', stateOf(run)],
    ['Asked for', spec?.requestedBy === undefined ? 'by the operator' : `by ${spec.requestedBy}`],
    ['To end', spec?.cancel && `asked for by a person: ${spec.cancel.reason}`],
    ['Retries', spec === undefined || spec.retry === 0 ? undefined : String(spec.retry)],
    ['Unread', run.problem ?? run.statusProblem],
  ]
}

function whenOf({ run, now, policy }: RunParts): readonly Titled[] {
  const { metadata, status } = run
  const deadline = deadlineOf(run, policy)
  return [
    ['Created', moment(metadata.creationTimestamp, now)],
    ['Began', status.startTime && moment(status.startTime, now)],
    ['Ended', status.completionTime && moment(status.completionTime, now)],
    ['Lasted', lastedInWords(run, now)],
    ['Deadline', deadline && deadlineInWords(deadline, now)],
  ]
}

function stateOf({ spec, status }: NodeRemediation): string {
  const verdict = conditionOf(status.conditions, spec?.dryRun === true ? 'Planned' : 'Succeeded')
  const { step } = status
  const kind = spec?.dryRun === true ? ' (dry run)' : ''
  if (step?.name !== 'Done') return `${step?.name ?? 'Approving'}${kind}`
  const grade = status.grade === undefined ? '' : `, graded ${status.grade.verdict}`
  return `over: ${verdict?.reason ?? orUnknown(step.outcome)}${kind}${grade}`
}

function moment(time: string | undefined, now: Instant): string {
  const at = parseTime(time)
  return at === undefined ? '<unknown>' : `${rfc3339(at)} (${durationInWords(now - at)} ago)`
}

function lastedInWords({ status, metadata }: NodeRemediation, now: Instant): string | undefined {
  const from = parseTime(metadata.creationTimestamp)
  const until = parseTime(status.completionTime) ?? now
  return from === undefined ? undefined : durationInWords(until - from)
}

function causeOf({ spec }: NodeRemediation): readonly string[] {
  if (spec === undefined) return []
  const { cause } = spec
  const named = cause.diagnosis === '' ? 'by hand' : `${cause.diagnosis}: ${cause.when}`
  return [
    `${named} (${cause.class}, ${cause.urgency}, confidence ${cause.confidence})`,
    cause.message,
    `detected ${cause.detectedTime}, episode ${cause.episode}`,
    ...cause.signals.map((signal) => `signal ${signal.name}: ${sourceOf(signal)}, hold ${signal.holdSeconds}s`),
  ]
}

/** The member that says where a signal comes from, as people wrote it. */
const sourceOf = (signal: NonNullable<NodeRemediation['spec']>['cause']['signals'][number]): string =>
  Object.entries(signal)
    .filter(([name, value]) => typeof value === 'object' && name !== 'clearedWhen')
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ')

function planOf({ spec, status }: NodeRemediation): readonly string[] {
  const rungs = (spec?.treatments ?? []).map((treatment, index) => `${index + 1}. ${rungInWords(treatment)}`)
  return [`hash ${orUnknown(status.planHash)}`, ...rungs]
}

function rungInWords(treatment: Treatment): string {
  const { drain, verification, approval, name } = treatment
  const asks = approval === undefined ? '' : `; ${approval.required} yes within ${approval.timeoutSeconds}s`
  return [
    `${name} (${kindOfTreatment(treatment)}, at most ${treatmentTimeoutSeconds(treatment)}s)`,
    `drain ${drainModeOf(treatment)}, ${drain.deadlineSeconds}s, then ${drain.onDeadline}`,
    `evidence: ${evidenceAsked(treatment, 'the one before')}`,
    `stable for ${verification.stableSeconds}s within ${verification.timeoutSeconds}s${asks}`,
  ].join('; ')
}

function stepsOf(run: NodeRemediation): readonly Line[] {
  if (run.spec?.dryRun === true) return []
  const { rungs, quarantined, released, current } = courseOf(run)
  const ofRun = [...(quarantined === undefined ? [] : [quarantined]), released]
  const rows = [
    ...rungs.flatMap((rung, index) => rungRows(rung, index === current ? run : undefined)),
    ...ofRun.map((step): Row => stepRow('(run)', step, seenOf(step))),
  ]
  const leads = table(
    ['RUNG', 'STEP', 'STATE', 'BEGAN', 'TOOK'],
    rows.map(({ cells }) => cells),
  )
  const width = Math.max(...leads.map((lead) => lead.length))
  return leads.map((lead, index) => {
    const text = rows[index - 1]?.seen ?? ''
    return text === '' ? lead : { lead: lead.padEnd(width), text }
  })
}

interface Row {
  readonly cells: readonly string[]
  readonly seen: string
}

/** Of a drain only the last is counted; the others are told by the timeline. */
const seenOf = ({ name, state, message }: StepCourse): string =>
  name === 'Drained' || name === 'Approved' || state === 'UnderWay' ? '' : message

/** A rung that was never due is one line. */
function rungRows(rung: RungCourse, current: NodeRemediation | undefined): readonly Row[] {
  const { name } = rung.treatment
  if (rung.since === undefined) return [{ cells: [name, '<none>', rung.state], seen: '' }]
  if (current === undefined) return rung.steps.map((step) => stepRow(name, step, seenOf(step)))
  return rung.steps.map((step) =>
    stepRow(name, { ...step, state: statusOfStep(step, current) }, stepInWords(step, current)),
  )
}

type Timed = Pick<StepCourse, 'name' | 'since' | 'until'> & { readonly state: string }

const stepRow = (rung: string, { name, state, since, until }: Timed, seen: string): Row => ({
  cells: [
    rung,
    name,
    state,
    since === undefined ? '' : rfc3339(since),
    since === undefined || until === undefined ? '' : durationInWords(until - since),
  ],
  seen,
})

/** A treatment begins only on live reads on which every one of them passes: so each that began is such a moment. */
function gatesOf(run: NodeRemediation): readonly string[] {
  if (run.spec?.dryRun === true) return run.status.gates.map(gateInWords)
  const begun = courseOf(run).rungs.flatMap(({ treatment, steps }) => {
    const at = steps.find(({ name }) => name === 'Treated')?.since
    return at === undefined ? [] : [`before ${treatment.name}, ${rfc3339(at)}: all passed (${treatGates.join(', ')})`]
  })
  return [...begun, ...heldInWords(run).map((text) => `now: ${text}`)]
}

function drainOf({ status: { drain } }: NodeRemediation): readonly string[] {
  if (drain === undefined) return []
  return [
    `${drain.gone} of ${drain.total} pods seen gone, ${drain.terminating} terminating, ${drain.skipped} stay`,
    ...drain.blocked.map(
      ({ reason, message, pods, count }) => `${reason}: ${count} pods, such as ${pods.join(', ')}: ${message}`,
    ),
  ]
}

const timelineOf = ({ status }: NodeRemediation): readonly Line[] =>
  status.timeline.map(({ time, reason, message }) => ({ lead: time, text: `${reason}: ${message}` }))

const approvalsOf = ({ approvals, run }: RunParts): readonly Line[] =>
  approvals.map(({ time, decision, approver, reason, planHash }) => {
    const stale = planHash === run.status.planHash ? '' : ` (of another plan, ${planHash}: it does not count)`
    return { lead: orUnknown(time), text: `${decision} by ${approver}: ${reason}${stale}` }
  })

const eventsOf = ({ events }: RunParts): readonly Line[] =>
  events.map(({ time, type, reason, note, count }) => {
    const often = count > 1 ? ` (${count} times)` : ''
    return { lead: `${orUnknown(time)}  ${type}`, text: `${reason}${often}: ${note}` }
  })

function leftOf({ run, node, left }: RunParts): readonly string[] {
  const name = orUnknown(run.spec?.node.name)
  if (node === undefined) return [`node ${name} is not there`, ...left]
  if (node.metadata.uid !== run.spec?.node.uid) return [`node ${name} is another one now`, ...left]
  return left.length === 0 ? [`nothing on node ${name}, and no slot`] : left
}

const logQuery = ({ metadata }: NodeRemediation, { operatorNamespace }: GlobalOptions): string =>
  `kubectl -n ${operatorNamespace} logs -l app.kubernetes.io/name=prunella --tail=-1 | grep ${metadata.name}`
