import { isOpen, type NodeRemediation, type Outcome } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Confidence, GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { hours, type Instant, later, parseTime, rfc3339, seconds } from '../../kernel/time.ts'
import { hold } from '../budget/gates.ts'
import { approvalAsked } from '../policy/approval-asked.ts'

/** How a run ends that people did not say yes to. */
type InVain = Extract<Outcome, 'ApprovalExpired' | 'ApprovalRejected'>

/** One question to people, by the run that asked it. */
interface Question {
  readonly runName: string
  readonly detectedAt: Instant
  readonly endedAt: Instant
  readonly outcome: Outcome
}

type VainQuestion = Question & { readonly outcome: InVain }

export interface AskedView {
  readonly policy: { readonly name: string; readonly spec: PolicySpec }
  /** What a run would begin with. */
  readonly treatment: Treatment | undefined
  readonly confidence: Confidence
  /** Every run on this node. */
  readonly runs: readonly NodeRemediation[]
  readonly now: Instant
}

/** Whoever does not answer for a day is asked once a day, as a quarantined node is. */
const pauseMaxMs = hours(24)

/**
 * Who has not said yes is not asked again at once. The pause is the cool-down of the node, and doubles with every question that the
 * same trouble has cost in vain. Undefined: nobody need be asked, or they may be asked now.
 */
export function restsUnanswered({ policy, treatment, confidence, runs, now }: AskedView): GateAnswer | undefined {
  const approval = approvalAsked(policy.spec, treatment, confidence)
  const [last, ...before] = inVain(policy.name, runs)
  if (approval === undefined || last === undefined) return undefined
  const firstMs = seconds(Math.max(policy.spec.limits.cooldownSeconds, approval.timeoutSeconds))
  const pauseMs = Math.min(firstMs * 2 ** before.length, Math.max(firstMs, pauseMaxMs))
  const againAt = later(last.endedAt, pauseMs)
  if (now >= againAt) return undefined
  const times = before.length + 1
  const asked = times === 1 ? '' : `, ${times} questions in a row`
  const how = last.outcome === 'ApprovalExpired' ? 'ended unanswered' : 'was answered with no'
  return hold('CooldownOver', last.outcome, {
    message: `${last.runName} ${how} at ${rfc3339(last.endedAt)}${asked}; people are asked again at ${rfc3339(againAt)}`,
    numbers: { questions: times, pauseSeconds: pauseMs / 1_000 },
    unblockedBy: 'time, or mode Automatic and a rung without approval',
  })
}

/** The questions about the trouble that nobody has said yes to, the last first. One about earlier trouble is another matter. */
function inVain(policyName: string, runs: readonly NodeRemediation[]): readonly VainQuestion[] {
  const asked = runs.flatMap((run) => questionOf(policyName, run)).toSorted((one, two) => two.endedAt - one.endedAt)
  const row: VainQuestion[] = []
  for (const question of asked) {
    const following = row.at(-1)
    if (!isVain(question) || (following !== undefined && following.detectedAt > question.endedAt)) break
    row.push(question)
  }
  return row
}

const isVain = (question: Question): question is VainQuestion =>
  question.outcome === 'ApprovalExpired' || question.outcome === 'ApprovalRejected'

/** What a person asked for is theirs to ask for again. */
function questionOf(policyName: string, run: NodeRemediation): readonly Question[] {
  const { spec, status, metadata } = run
  const [endedAt, outcome] = [parseTime(status.completionTime), status.step?.outcome]
  if (isOpen(run) || spec === undefined || spec.dryRun || spec.requestedBy !== undefined) return []
  if (spec.policyName !== policyName || endedAt === undefined || outcome === undefined) return []
  return [{ runName: metadata.name, detectedAt: parseTime(spec.cause.detectedTime) ?? endedAt, endedAt, outcome }]
}
