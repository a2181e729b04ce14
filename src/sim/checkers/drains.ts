import { type Pod, podKind, staysInDrain } from '../../api/core/pod.ts'
import { type NodeRemediation, runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { drainModeOf, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, instant, later, parseTime, seconds } from '../../kernel/time.ts'
import { isReady, nameOf } from '../world/fields.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'

/** What a look that is as old as it may be, and a write that took its time, cannot have known. */
const noticeMs = seconds(20)
/** The clock of a replica may run fast. */
const toleranceMs = seconds(2)
const driftPercent = 5

/**
 * A treatment begins when all pods that must leave have left, by what runs on the node: earlier only where its rung waives them once
 * the deadline of the drain is over, or does not drain such a node.
 */
export function treatmentsFollowDrains(): Checker {
  const entered = new Map<string, Instant>()
  const unreadyAt = new Map<string, Instant>()
  return {
    invariant: 'I14',
    judge: (happening, truth) => {
      noteUnready(unreadyAt, happening, truth)
      const move = moveOf(happening)
      if (move === undefined) return undefined
      const { run, from, to } = move
      if (to === 'Draining' && from !== to) entered.set(run.metadata.uid, truth.now())
      if (from !== 'Draining' || to !== 'Treating') return undefined
      const standing = { enteredAt: entered.get(run.metadata.uid), unreadyAt: unreadyAt.get(nodeOf(run)) }
      const [left] = isWaived(run, standing, truth) ? [] : leftOn(nodeOf(run), truth)
      return left && `${run.metadata.name} began to treat ${nodeOf(run)} with ${left.metadata.name} still on it`
    },
  }
}

/** A run that calls its node drained has seen every pod go that had to. */
export const drainedMeansGone: Checker = {
  invariant: 'I14',
  judge: (happening, truth) => {
    const move = moveOf(happening)
    if (move === undefined || move.from !== 'Draining' || !isCalledDrained(move.run)) return undefined
    const [left] = leftOn(nodeOf(move.run), truth)
    return (
      left && `${move.run.metadata.name} calls ${nodeOf(move.run)} drained, and ${left.metadata.name} is still there`
    )
  },
}

const isCalledDrained = ({ status }: NodeRemediation): boolean =>
  status.conditions.some((condition) => condition.type === 'Drained' && condition.status === 'True')

interface Move {
  readonly run: NodeRemediation
  readonly from: StepName | undefined
  readonly to: StepName | undefined
}

function moveOf(happening: Happening): Move | undefined {
  if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return undefined
  const { object, previous } = happening.change
  const run = runOf(object)
  return { run, from: previous && runOf(previous).status.step?.name, to: run.status.step?.name }
}

interface Standing {
  readonly enteredAt: Instant | undefined
  readonly unreadyAt: Instant | undefined
}

function isWaived(run: NodeRemediation, { enteredAt, unreadyAt }: Standing, truth: Truth): boolean {
  const treatment = treatmentOf(run)
  // To relieve is to move pods: none need leave before.
  if (treatment === undefined || treatment.relieve !== undefined || drainModeOf(treatment) === 'Skip') return true
  const { drain } = treatment
  const wasUnready = unreadyAt !== undefined && truth.now() - unreadyAt < noticeMs
  if (drainModeOf(treatment) === 'SkipIfNotReady' && (wasUnready || !isReadyNow(nodeOf(run), truth))) return true
  return drain.onDeadline === 'Proceed' && isOver(drain, truth.now() - (enteredAt ?? instant(0)))
}

const treatmentOf = ({ spec, status }: NodeRemediation): Treatment | undefined =>
  spec?.treatments[status.step?.rung ?? 0]

const isOver = ({ deadlineSeconds }: Treatment['drain'], spentMs: number): boolean =>
  (spentMs + toleranceMs) * (100 + driftPercent) >= seconds(deadlineSeconds) * 100

const nodeOf = ({ spec }: NodeRemediation): string => spec?.node.name ?? ''

const isReadyNow = (nodeName: string, truth: Truth): boolean => {
  const node = truth.node(nodeName)
  return node !== undefined && isReady(node)
}

/** When each node was last seen not to be ready. */
function noteUnready(unreadyAt: Map<string, Instant>, happening: Happening, { now }: Truth): void {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return
  const { object, previous } = happening.change
  if (!isReady(object) || (previous !== undefined && !isReady(previous))) unreadyAt.set(nameOf(object), now())
}

const leftOn = (nodeName: string, { world, now }: Truth): readonly Pod[] =>
  world.objects
    .podsOn(nodeName)
    .map(podKind.project)
    .filter((pod) => !staysInDrain(pod) && createdAt(pod) < later(now(), -noticeMs))

const createdAt = ({ metadata }: Pod): number => parseTime(metadata.creationTimestamp) ?? 0
