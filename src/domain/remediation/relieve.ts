import { treatPollMs, waitPollMs } from '../../api/pacing.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { assert } from '../../kernel/assert.ts'
import { later, seconds } from '../../kernel/time.ts'
import type { LoadSeen } from '../surroundings/provider-ready.ts'
import type { Decision, Stay } from './decision.ts'
import { type Drain, drainOf, evictions, onTheirWay } from './drain.ts'
import { drainState } from './drain-state.ts'
import { leftMs } from './elapsed.ts'
import { mayDisrupt } from './gates.ts'
import { isNewer, loadOf } from './load.ts'
import type { Observation } from './observation.ts'
import { isOverdue, move, nextRung, stay, waitForLeave } from './outcome.ts'
import { proveTreatment } from './proof.ts'
import type { Treating } from './step.ts'

/**
 * The least important pods leave, a few at a time, until the load is below its target, and stays there. What is measured after a wave
 * has left decides about the next one. That the signal is gone proves nothing: our own cordon keeps new load away.
 */
export function decideRelieve(seen: Observation, step: Treating, treatment: Treatment): Decision {
  const view = viewOf(seen, treatment)
  switch (step.stage) {
    case 'Holding':
      return decideHolding(seen, step, view)
    case 'AwaitingRelief':
      return decideLeaving(seen, step, view)
    default:
      return decideRelieving(seen, step, view)
  }
}

interface View {
  readonly treatment: Treatment
  readonly target: NonNullable<Treatment['relieve']>
  readonly load: LoadSeen
  readonly drain: Drain
}

function viewOf(seen: Observation, treatment: Treatment): View {
  const { relieve } = treatment
  assert(relieve !== undefined, `rung ${treatment.name} relieves nothing`)
  return { treatment, target: relieve, load: loadOf(seen, treatment), drain: drainOf(seen, treatment.drain) }
}

function decideRelieving(seen: Observation, step: Treating, view: View): Decision {
  const { load, target, drain, treatment } = view
  if (onTheirWay(drain, seen).length > 0)
    return progress(seen, step, { stage: 'AwaitingRelief', why: 'pods are leaving' })
  const isCurrent = isNewer(load, treatment, step.stageSince)
  if (isCurrent && isBelow(load, view)) {
    return progress(seen, step, { stage: 'Holding', why: `load ${inWords(load)} is below ${target.below}` })
  }
  if (isOverdue(seen, step)) return failed(seen, step, view)
  if (load.kind !== 'Known')
    return waits(seen, view, { reason: 'SourceUnavailable', message: `the load: ${silence(load)}` })
  if (!isCurrent) return waits(seen, view)
  if (!mayDisrupt(seen)) return waitForLeave()
  const commands = evictions(drain, seen, waveMax(load.value, view))
  if (commands.length === 0) return waits(seen, view, { reason: 'LoadStillHigh', message: stuckInWords(view) })
  return { ...waits(seen, view), because: 'the least important pods are moved', commands, wakeAfterMs: treatPollMs }
}

/**
 * Half of what would have to leave if all pods weighed alike, and one at least: load follows late, and a pod that was moved too many is
 * not brought back.
 */
function waveMax(load: number, { target, drain }: View): number {
  const excess = (load - target.below) / load
  return Math.max(1, Math.floor((drain.waiting.length * excess) / 2))
}

function decideLeaving(seen: Observation, step: Treating, view: View): Decision {
  if (isOverdue(seen, step)) return failed(seen, step, view)
  if (onTheirWay(view.drain, seen).length > 0) return waits(seen, view)
  return progress(seen, step, { stage: 'Relieving', why: 'they have left, and the load is measured anew' })
}

/** A load that is not known is not below. */
function decideHolding(seen: Observation, step: Treating, view: View): Decision {
  const { load, target, treatment } = view
  if (!isBelow(load, view)) {
    const why =
      load.kind === 'Known' ? `load ${inWords(load)} is not below ${target.below}` : `the load: ${silence(load)}`
    return progress(seen, step, { stage: 'Relieving', why })
  }
  const holdMs = seconds(target.holdSeconds)
  const left = leftMs({ since: step.stageSince, watchedMs: seen.watched.stepMs }, holdMs, seen.now)
  const isProven = left === 0 && isNewer(load, { relieve: undefined }, later(step.stageSince, holdMs))
  if (!isProven)
    return {
      ...waits(seen, view),
      because: 'the load must stay below',
      wakeAfterMs: Math.max(treatPollMs, Math.min(left, waitPollMs)),
    }
  return proveTreatment(seen, step, {
    treatment,
    evidence: `load ${inWords(load)} was below ${target.below} for ${target.holdSeconds}s`,
  })
}

const isBelow = (load: LoadSeen, { target }: View): boolean => load.kind === 'Known' && load.value < target.below

interface Progress {
  readonly stage: 'Relieving' | 'AwaitingRelief' | 'Holding'
  readonly why: string
}

const progress = ({ now }: Observation, step: Treating, { stage, why }: Progress): Decision =>
  move({ ...step, stage, stageSince: now }, 'TreatmentProgressed', why)

const failed = (seen: Observation, { rung }: Treating, { treatment, load, target }: View): Decision =>
  nextRung(
    seen,
    rung,
    `rung ${treatment.name}: within ${target.timeoutSeconds}s the load did not fall below ${target.below}, it is ${inWords(load)}`,
  )

const waits = (seen: Observation, { drain }: View, held?: Stay['held']): Stay =>
  stay('the load is waited for', { wakeAfterMs: waitPollMs, held, drain: drainState(drain, seen.run.drain) })

const inWords = (load: LoadSeen): string => (load.kind === 'Known' ? load.value.toFixed(2) : 'not known')

const silence = (load: LoadSeen): string => (load.kind === 'Unknown' ? load.message : 'it has not been asked yet')

function stuckInWords({ load, target, drain }: View): string {
  const [blocked] = drain.blocked
  const why = blocked === undefined ? 'no pod is left that may leave' : `${blocked.reason}: ${blocked.message}`
  return `load ${inWords(load)} is not below ${target.below}, and ${why}`
}
