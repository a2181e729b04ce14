import type { Node } from '../../api/core/node.ts'
import { readyStatus } from '../../api/core/node.ts'
import type { Grade } from '../../api/v1alpha1/grade.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation, RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { durationInWords, hours, type Instant, minutes, parseTime, rfc3339 } from '../../kernel/time.ts'
import { notPaused } from '../budget/gates.ts'
import { judgeCause } from '../detect/live-cause.ts'
import type { Moment } from '../detect/signal-memory.ts'
import type { SourcesSeen } from '../detect/sources-seen.ts'

/** All that a grade may depend on, from caches: it licenses nothing. */
export interface GradeView extends Moment {
  /** The follow-up ends only when this much has passed: a clock that is set forward ends nothing. */
  readonly nowAtLeast: Instant
  /** A rehearsal that awaits its grade. */
  readonly run: NodeRemediation
  /** Under the name that the run names. Undefined: gone. */
  readonly node: Node | undefined
  readonly sources: SourcesSeen
  /** What is believed of the node. Undefined: nothing but health. */
  readonly health: NodeHealth | undefined
  /** Every run on the node. */
  readonly runs: readonly NodeRemediation[]
  readonly pauses: readonly RemediationPause[]
  readonly hasPolicy: boolean
  /** The process stood still, or the API server did: what is cached may be old. */
  readonly isDisturbed: boolean
  /** Since when this process has seen the node well. Undefined: it has not. */
  readonly wellSince: Instant | undefined
}

export type GradeAnswer =
  | { readonly kind: 'Graded'; readonly grade: Grade }
  /** `isWell`: nothing ails the node at this look. */
  | { readonly kind: 'Pending'; readonly isWell: boolean; readonly wakeAfterMs: number }

/** How long a rehearsal is followed up. */
const followedMs = hours(24)

/** A machine that is switched off is called Ready for a while, and its alerts fall silent: a recovery has to last so long. */
const wellForMs = minutes(2)

/** Time alone brings the end; whatever else counts comes as a change. */
const lookAgainMs = minutes(10)

/** What became of the node of a rehearsal. Asked again and again, and answered once: the grade is written into the run. */
export function gradeOf(view: GradeView): GradeAnswer {
  const { run, isDisturbed } = view
  const { spec } = run
  const since = parseTime(run.status.completionTime)
  if (spec === undefined || since === undefined)
    return { kind: 'Graded', grade: gradeAt(view.now, 'Unknown', 'the run cannot be read') }
  const case_: Followed = { ...view, spec, since }
  const grade = notLeftAlone(case_) ?? replaced(case_) ?? rebooted(case_)
  if (grade !== undefined) return { kind: 'Graded', grade }
  if (isDisturbed) return { kind: 'Pending', isWell: false, wakeAfterMs: wellForMs }
  return recovered(case_)
}

interface Followed extends GradeView {
  readonly spec: RunSpec
  /** When the run was over. */
  readonly since: Instant
}

/** Where others than its people and its luck decide, the node says nothing about the diagnosis. */
function notLeftAlone({ spec, since, now, hasPolicy, pauses, runs }: Followed): Grade | undefined {
  const { policyName, node } = spec
  if (!hasPolicy) return gradeAt(now, 'Unknown', `policy ${policyName} is gone, and nobody follows up for it`)
  const ours = runs.find((other) => hasTreated(other, node.uid, since))
  if (ours !== undefined) return gradeAt(now, 'Unknown', `run ${ours.metadata.name} of ours has taken the node on`)
  const paused = notPaused({ pauses, policyName, node: { name: node.name }, now })
  if (paused.result === 'Pass') return undefined
  return gradeAt(now, 'Unknown', `following up has ended: ${paused.message ?? 'it is paused'}`)
}

const hasTreated = ({ spec, status }: NodeRemediation, nodeUID: string, since: Instant): boolean => {
  const startedAt = parseTime(status.startTime)
  return spec?.dryRun === false && spec.node.uid === nodeUID && startedAt !== undefined && startedAt >= since
}

function replaced({ node, spec, now }: Followed): Grade | undefined {
  if (node === undefined) return gradeAt(now, 'Replaced', `node ${spec.node.name} has left the cluster`)
  if (node.metadata.uid === spec.node.uid) return undefined
  return gradeAt(now, 'Replaced', `node ${spec.node.name} is another one under the same name`)
}

function rebooted({ node, run, spec, now }: Followed): Grade | undefined {
  const before = run.status.step?.bootID ?? ''
  const bootID = node?.bootID ?? ''
  if (before === '' || bootID === '' || bootID === before) return undefined
  return gradeAt(now, 'RebootedByHand', `node ${spec.node.name} has another boot ID, and no run of ours asked for it`)
}

function recovered(case_: Followed): GradeAnswer {
  const { now, nowAtLeast, wellSince, since, spec } = case_
  const name = spec.node.name
  if (hasComeAnew(case_)) {
    const message = `${spec.cause.diagnosis} went by itself, and has come again since`
    return { kind: 'Graded', grade: gradeAt(wellSince ?? now, 'RecoveredAlone', message) }
  }
  const left = followedMs - (nowAtLeast - since)
  const why = whatAils(case_)
  if (why === undefined && wellSince !== undefined && now - wellSince >= wellForMs) {
    const message = `node ${name} recovered by itself ${durationInWords(wellSince - since)} after it would have been treated`
    return { kind: 'Graded', grade: gradeAt(wellSince, 'RecoveredAlone', message) }
  }
  if (why !== undefined && left <= 0) return { kind: 'Graded', grade: gradeAt(now, why.verdict, why.message) }
  const wellLeft = wellForMs - (wellSince === undefined ? 0 : now - wellSince)
  const wakeAfterMs = Math.max(1, why === undefined ? wellLeft : Math.min(lookAgainMs, left))
  return { kind: 'Pending', isWell: why === undefined, wakeAfterMs }
}

/** Another bout of the same diagnosis: the first one has ended, and no boot ended it. */
function hasComeAnew({ health, spec }: Followed): boolean {
  const standing = health?.status.diagnosis
  if (standing === undefined || health?.spec?.policyName !== spec.policyName) return false
  return standing.name === spec.cause.diagnosis && standing.episode !== spec.cause.episode
}

/** Undefined: nothing. What cannot be seen is neither sick nor well. */
function whatAils({
  node,
  health,
  spec,
  now,
  mono,
  sources,
}: Followed): Pick<Grade, 'verdict' | 'message'> | undefined {
  const standing = health?.status.diagnosis
  const after = `after ${durationInWords(followedMs)}`
  if (standing !== undefined)
    return {
      verdict: 'StillSick',
      message: `${after} node ${spec.node.name} is sick: ${standing.name}, ${standing.message}`,
    }
  if (node === undefined) return { verdict: 'Unknown', message: `${after} there is no node` }
  const { verdict, message } = judgeCause(spec.cause, { node, bootChanged: false, sources, now, mono })
  if (verdict === 'True')
    return { verdict: 'StillSick', message: `${after} node ${spec.node.name} is sick: ${message}` }
  if (verdict === 'Unknown')
    return { verdict: 'Unknown', message: `${after} nobody can see what ails the node: ${message}` }
  if (readyStatus(node) === 'True') return undefined
  return { verdict: 'StillSick', message: `${after} node ${spec.node.name} is not Ready` }
}

const gradeAt = (at: Instant, verdict: Grade['verdict'], message: string): Grade => ({
  verdict,
  time: rfc3339(at),
  message: safeText(message, 512),
})
