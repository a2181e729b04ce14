import type { Node } from '../../api/core/node.ts'
import { isTerminating, type Pod, staysInDrain } from '../../api/core/pod.ts'
import type { DrainState, NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { durationInWords, type Instant, later, parseTime, seconds } from '../../kernel/time.ts'
import type { DrainOutlook } from '../surroundings/drain-outlook.ts'
import { conditionOf } from './attention.ts'
import { orUnknown } from './or-unknown.ts'
import { courseOf, type RunCourse, type RungCourse, type StepCourse, type StepState } from './run-course.ts'
import { deadlineInWords, deadlineOf, heldInWords, treatingInWords, verifyingInWords } from './run-waits.ts'

/** What a line of the tree stands for; a glyph and a colour say it again. */
export type BranchMark = 'Observed' | 'UnderWay' | 'Held' | 'Failed' | 'Waiting' | 'Unknown'

export interface Branch {
  readonly mark: BranchMark
  readonly name: string
  readonly kind: string
  readonly status: string
  readonly since: Instant | undefined
  readonly text: string
  /** Sentences, each as long as it has to be. */
  readonly notes: readonly string[]
  readonly children: readonly Branch[]
}

/** What the reader could read beside the run. Undefined: it could not, or need not. */
export interface RunSeenAround {
  readonly run: NodeRemediation
  readonly now: Instant
  readonly node: Node | undefined
  readonly policy: PolicySpec | undefined
  /** Pods of the node, and what their budgets say; looked at while it drains. */
  readonly pods: readonly Pod[] | undefined
  readonly drain: DrainOutlook | undefined
}

/** One run as a tree: rungs, their steps, and under the step that is under way all that it waits for. */
export function treeOf(seen: RunSeenAround): Branch {
  const { run } = seen
  const course = courseOf(run)
  const { quarantined, released } = course
  const under =
    seen.run.spec?.dryRun === true ? [] : course.rungs.map((rung, index) => rungBranch(rung, index, { seen, course }))
  return {
    ...rootOf(seen, course),
    children: [
      ...under,
      ...(quarantined === undefined ? [] : [quarantineBranch(quarantined, seen)]),
      stepBranch(released, released.state === 'Observed' ? 'nothing of the run is left on the node' : ''),
    ],
  }
}

function rootOf(seen: RunSeenAround, { current }: RunCourse): Omit<Branch, 'children'> {
  const { metadata, spec, status } = seen.run
  const rungs = spec?.treatments ?? []
  const rung = rungs[current]?.name ?? status.treatment
  const place = rungs.length > 1 ? `, rung ${current + 1} of ${rungs.length}` : ''
  const text = `${orUnknown(rung)} on ${orUnknown(spec?.node.name)}${place}, policy ${orUnknown(spec?.policyName)}`
  return { name: metadata.name, kind: 'Run', text, ...(status.step?.name === 'Done' ? overRoot(seen) : openRoot(seen)) }
}

type RootState = Pick<Branch, 'mark' | 'status' | 'since' | 'notes'>

function overRoot({ run: { status, spec } }: RunSeenAround): RootState {
  const verdict = conditionOf(status.conditions, spec?.dryRun === true ? 'Planned' : 'Succeeded')
  const reason = verdict?.reason ?? orUnknown(status.step?.outcome)
  const told = lastWord(status) ?? verdict?.message
  return {
    mark: verdict?.status === 'True' ? 'Observed' : 'Failed',
    status: reason,
    since: parseTime(status.completionTime),
    notes: told === undefined ? [] : [`${reason}: ${told}`],
  }
}

function openRoot({ run, now, policy }: RunSeenAround): RootState {
  const { metadata, spec, status } = run
  const step = status.step?.name ?? 'Approving'
  const held = conditionOf(status.conditions, 'Held')
  const isHeld = held?.status === 'True' || step === 'Quarantined'
  const deadline = deadlineOf(run, policy)
  const notes = [
    ...(spec?.cancel === undefined ? [] : [`a person asked it to end: ${spec.cancel.reason}`]),
    ...heldInWords(run),
    ...(deadline === undefined ? [] : [deadlineInWords(deadline, now)]),
  ]
  return isHeld
    ? { mark: 'Held', status: 'Held', since: parseTime(held?.lastTransitionTime), notes }
    : { mark: 'UnderWay', status: step, since: parseTime(metadata.creationTimestamp), notes }
}

/** Why it ended: what led to Releasing, not that the node was given back. */
const lastWord = ({ timeline }: NodeRemediation['status']): string | undefined =>
  timeline.findLast(({ reason }) => reason !== 'NodeReleased')?.message

interface Whole {
  readonly seen: RunSeenAround
  readonly course: RunCourse
}

function rungBranch(rung: RungCourse, index: number, { seen, course }: Whole): Branch {
  const isCurrent = index === course.current && rung.since !== undefined
  const isUnderWay = rung.state === 'UnderWay'
  return {
    mark: markOf(rung.state),
    name: rung.treatment.name,
    kind: 'Rung',
    status: rung.state,
    since: rung.until ?? rung.since,
    text: tookInWords(rung),
    notes: rung.state === 'Failed' ? [rung.message] : [],
    children: isCurrent ? rung.steps.map((step) => withDetails(step, { seen, isUnderWay })) : [],
  }
}

interface Place {
  readonly seen: RunSeenAround
  readonly isUnderWay: boolean
}

function withDetails(step: StepCourse, { seen, isUnderWay }: Place): Branch {
  const { run, node, now } = seen
  const passed = stepBranch(step, stepInWords(step, run))
  const status = statusOfStep(step, run)
  const branch = status === step.state ? passed : { ...passed, mark: 'Held' as const, status }
  if (!isUnderWay || step.state !== 'UnderWay') return branch
  switch (step.name) {
    case 'Drained':
      return { ...branch, ...drainDetails(branch, seen) }
    case 'Treated':
      return { ...branch, notes: treatingInWords(run, node, now) }
    case 'Verified':
      return { ...branch, notes: verifyingInWords(run, now) }
    default:
      return branch
  }
}

const stepBranch = (step: StepCourse, text: string): Branch => ({
  mark: markOf(step.state),
  name: step.name,
  kind: 'Step',
  status: step.state,
  since: step.until ?? step.since,
  text,
  notes: [],
  children: [],
})

const markOf = (state: StepState): BranchMark => (state === 'NotReached' ? 'Waiting' : state)

/** Past tense only for what was seen: a drain that left pods behind has waived them. */
export const statusOfStep = ({ name, state }: StepCourse, { status: { drain } }: NodeRemediation): string =>
  name === 'Drained' && state === 'Observed' && drain !== undefined && drain.gone < drain.total ? 'Waived' : state

/** What was seen of a step of the rung that is due, or was the last. */
export function stepInWords(step: StepCourse, run: NodeRemediation): string {
  if (step.name === 'Drained' && step.state !== 'Waiting' && run.status.drain !== undefined)
    return drainInWords(run.status.drain)
  if (step.state === 'Failed') return step.message
  return step.state === 'Observed' ? observedInWords(step, run) : ''
}

/** What the other entries say on the way is said by the name of the step already. */
function observedInWords({ name, message }: StepCourse, run: NodeRemediation): string {
  if (name === 'Approved') return approvedInWords(run)
  if (name === 'Claimed') return 'the slot is held'
  return name === 'Drained' ? '' : message
}

function drainInWords({ gone, total, terminating, blocked, skipped }: DrainState): string {
  const stuck = blocked.reduce((sum, { count }) => sum + count, 0)
  return `${gone}/${total} gone, ${terminating} terminating, ${stuck} blocked, ${skipped} stay`
}

const approvedInWords = ({ status }: NodeRemediation): string =>
  conditionOf(status.conditions, 'Approved')?.reason === 'ApprovalNotRequired' ? 'nobody need be asked' : ''

const tookInWords = ({ since, until }: Pick<RungCourse, 'since' | 'until'>): string =>
  since === undefined || until === undefined ? '' : `took ${durationInWords(until - since)}`

function quarantineBranch(step: StepCourse, { run }: RunSeenAround): Branch {
  const { name } = run.metadata
  const isWaiting = step.state === 'UnderWay'
  const notes = isWaiting
    ? [`waits for a person: prunella release ${name} --reason=…, or prunella retry ${name}`]
    : [step.message]
  return { ...stepBranch(step, ''), mark: isWaiting ? 'Held' : markOf(step.state), kind: 'Step', notes }
}

const shownMax = 5

/** Whose budget blocks, and which pods are on their way. */
function drainDetails(
  branch: Branch,
  { run, drain, pods, now }: RunSeenAround,
): Pick<Branch, 'mark' | 'status' | 'children'> {
  const told = run.status.drain?.blocked ?? []
  const blocked =
    drain === undefined
      ? told.map(blockedBranch)
      : [
          ...drain.blocked.map(({ message, pods: names, isForEver }) =>
            blockedBranch({
              reason: 'DrainBlocked',
              message: isForEver ? `${message}; it can never be met` : message,
              pods: names,
              count: names.length,
            }),
          ),
          ...(drain.unmanaged.length === 0 ? [] : [unmanagedBranch(drain.unmanaged)]),
          ...told.filter(({ reason }) => !readFromPods.includes(reason)).map(blockedBranch),
        ]
  const going = (pods ?? []).filter((pod) => isTerminating(pod) && !staysInDrain(pod))
  const isBlocked = told.length > 0
  return {
    mark: isBlocked ? 'Held' : branch.mark,
    status: isBlocked ? 'Blocked' : branch.status,
    children: [...blocked, ...going.slice(0, shownMax).map((pod) => goingBranch(pod, now)), ...more(going)],
  }
}

/** Of these the pods and their budgets tell more than the run does. */
const readFromPods: readonly string[] = ['DrainBlocked', 'UnmanagedPods']

interface BlockedSeen {
  readonly reason: string
  readonly message: string
  readonly pods: readonly string[]
  readonly count: number
}

function blockedBranch({ reason, message, pods, count }: BlockedSeen): Branch {
  const rest = count - Math.min(count, shownMax, pods.length)
  const names = `${pods.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  return { ...blank, mark: 'Held', name: reason, kind: 'Pods', status: 'Blocked', text: names, notes: [message] }
}

const unmanagedBranch = (pods: readonly string[]): Branch =>
  blockedBranch({
    reason: 'UnmanagedPods',
    message: 'no controller would bring them back elsewhere: their owner moves or deletes them',
    pods,
    count: pods.length,
  })

const blank = { since: undefined, text: '', notes: [], children: [] } as const

/** The API server writes the moment at which the grace is over. */
function goingBranch({ metadata, terminationGracePeriodSeconds }: Pod, now: Instant): Branch {
  const over = parseTime(metadata.deletionTimestamp)
  const since = over && later(over, -seconds(terminationGracePeriodSeconds))
  const left = over === undefined ? 0 : over - now
  const grace = left > 0 ? `grace ${durationInWords(left)} left` : `grace over for ${durationInWords(-left)}`
  const kept = metadata.finalizers.length === 0 ? '' : `, kept by finalizer ${metadata.finalizers.join(', ')}`
  const name = `${metadata.namespace}/${metadata.name}`
  return { ...blank, mark: 'UnderWay', name, kind: 'Pod', status: 'Terminating', since, text: `${grace}${kept}` }
}

const more = (pods: readonly Pod[]): readonly Branch[] =>
  pods.length <= shownMax
    ? []
    : [{ ...blank, mark: 'UnderWay', name: `${pods.length - shownMax} more`, kind: 'Pod', status: 'Terminating' }]
