import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { durationInWords, type Instant, parseTime } from '../../kernel/time.ts'
import { orUnknown } from './or-unknown.ts'

/** What becomes of a person's wish about a run, judged before it is written. */
export type Intent =
  /** It makes no sense, and why. */
  | { readonly kind: 'Refused'; readonly why: string }
  /** It stands there already, or happens anyway. */
  | { readonly kind: 'Needless'; readonly why: string }
  /** To be merged into the spec; `follows` says what the operator will then do. */
  | { readonly kind: 'Writes'; readonly spec: JsonObject; readonly follows: readonly string[] }

export interface CancelWish {
  readonly reason: string
  readonly keepCordoned: boolean
}

/** Ends a run, wherever it stands. */
export function cancelIntent(run: NodeRemediation, wish: CancelWish, now: Instant): Intent {
  if (run.spec === undefined) return unreadable(run)
  if (stepOf(run) === 'Done') return { kind: 'Refused', why: `${overInWords(run, now)}; there is nothing to cancel` }
  const { cancel } = run.spec
  const wantsMore = wish.keepCordoned && cancel?.keepCordoned !== true
  const why = wantsMore ? undefined : needlessToCancel(run)
  if (why !== undefined) return { kind: 'Needless', why }
  // It cannot be taken back, and the first reason stays.
  const merged = { reason: cancel?.reason ?? wish.reason, keepCordoned: wantsMore || cancel?.keepCordoned === true }
  return { kind: 'Writes', spec: { cancel: merged }, follows: endInWords(run, merged.keepCordoned) }
}

function needlessToCancel(run: NodeRemediation): string | undefined {
  const { name } = run.metadata
  if (run.spec?.cancel !== undefined) return `run ${name} was asked to end before: ${run.spec.cancel.reason}`
  if (stepOf(run) !== 'Releasing') return undefined
  return `run ${name} is giving node ${nodeOf(run)} back already; it ends as ${outcomeOf(run)}`
}

/** Gives a node back: the same wish, of a run that holds something of the node. */
export function releaseIntent(run: NodeRemediation, wish: CancelWish, now: Instant): Intent {
  const { name } = run.metadata
  const step = stepOf(run)
  if (step === 'Done')
    return { kind: 'Refused', why: `${overInWords(run, now)}, and holds nothing of node ${nodeOf(run)}` }
  if (!hasTouched(run)) {
    const untouched = `run ${name} is ${step} and has not touched node ${nodeOf(run)}`
    return { kind: 'Refused', why: `${untouched}: there is nothing to give back; to end the run, cancel it` }
  }
  return cancelIntent(run, wish, now)
}

/** The API holds `spec.retry` to this. */
const retriesMax = 100

/** Sends a quarantined run back to its first rung. */
export function retryIntent(run: NodeRemediation, now: Instant): Intent {
  const { metadata, spec, status } = run
  if (spec === undefined) return unreadable(run)
  const step = stepOf(run)
  const first = orUnknown(spec.treatments[0]?.name)
  if (step === 'Done') {
    const again = `prunella remediate ${spec.node.name} --treatment=${first}`
    return { kind: 'Refused', why: `${overInWords(run, now)}; to treat the node again, ask for a new run: ${again}` }
  }
  if (spec.cancel !== undefined)
    return { kind: 'Refused', why: `run ${metadata.name} was asked to end: ${spec.cancel.reason}` }
  if (step !== 'Quarantined')
    return { kind: 'Refused', why: `run ${metadata.name} is ${step}: only a quarantined run can be retried` }
  if (spec.retry > (status.step?.retry ?? 0))
    return { kind: 'Needless', why: `run ${metadata.name} was asked to try again before (retry ${spec.retry})` }
  if (spec.retry >= retriesMax)
    return {
      kind: 'Refused',
      why: `run ${metadata.name} has been retried ${spec.retry} times, and more are not allowed`,
    }
  return {
    kind: 'Writes',
    spec: { retry: spec.retry + 1 },
    follows: [
      `It goes back to Approving, first rung ${first} again; node ${spec.node.name} stays cordoned.`,
      'It counts as another attempt, and every gate is asked again before the treatment.',
    ],
  }
}

const unreadable = ({ metadata, problem }: NodeRemediation): Intent => ({
  kind: 'Refused',
  why: `the spec of run ${metadata.name} cannot be read: ${problem ?? 'it is empty'}`,
})

const stepOf = ({ status }: NodeRemediation): string => status.step?.name ?? 'Approving'

const nodeOf = ({ spec }: NodeRemediation): string => orUnknown(spec?.node.name)

const outcomeOf = ({ status }: NodeRemediation): string => orUnknown(status.step?.outcome)

/** Once it has reached Cordoning there may be something of it on the node. */
const hasTouched = ({ status: { step } }: NodeRemediation): boolean => step?.attempted === true

function overInWords(run: NodeRemediation, now: Instant): string {
  const endedAt = parseTime(run.status.completionTime)
  const ago = endedAt === undefined ? '' : ` for ${durationInWords(now - endedAt)}`
  return `run ${run.metadata.name} is over${ago} (${outcomeOf(run)})`
}

/** What the operator does once it has read the wish. */
function endInWords(run: NodeRemediation, keepCordoned: boolean): readonly string[] {
  const node = nodeOf(run)
  const step = stepOf(run)
  if (!hasTouched(run)) return [`Node ${node} has not been touched; the run ends as Cancelled.`]
  const waits =
    step === 'Treating'
      ? [`Rung ${orUnknown(run.status.treatment)} is under way: the wish is honoured once that has ended.`]
      : []
  const gives = keepCordoned
    ? `Its marks and its slot go; the cordon of node ${node} stays and is yours: kubectl uncordon ${node} ends it.`
    : `Node ${node} is given back: cordon, marks and slot of the run go, and nothing else.`
  return [...waits, gives, cooldown]
}

const cooldown = 'The cooldown of the policy begins; a sick node may be treated again after it.'
