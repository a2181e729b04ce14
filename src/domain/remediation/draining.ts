import { treatPollMs, waitPollMs } from '../../api/pacing.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { kindOfTreatment, type Treatment, treatmentTimeoutSeconds } from '../../api/v1alpha1/treatment.ts'
import { unreachable } from '../../kernel/assert.ts'
import { later, seconds } from '../../kernel/time.ts'
import { nameOf } from '../drain/pod-budgets.ts'
import { skipsDrain } from '../surroundings/capacity-there.ts'
import { hasRecoveredAlone } from './cause.ts'
import type { Decision } from './decision.ts'
import { type Drain, drainOf, evictions, isDrained, leftInWords } from './drain.ts'
import { drainState } from './drain-state.ts'
import { firstHeld, type Held, mayDisrupt, treatGates } from './gates.ts'
import type { Observation } from './observation.ts'
import { carried, isOverdue, move, quarantine, release, stay, treatmentAt } from './outcome.ts'
import { proveLateEffect } from './proof.ts'
import { claimOf } from './provider.ts'
import type { StepNamed, Treating } from './step.ts'

/** Pods leave under their budgets, then every treat gate must pass on these very reads. */
export function decideDraining(seen: Observation, step: StepNamed<'Draining'>): Decision {
  const { node, run } = seen
  if (node.kind !== 'Present') return stay('the node is gone', { wakeAfterMs: waitPollMs })
  if (hasRecoveredAlone(seen, node.node)) {
    if (step.rung > 0) return proveLateEffect(seen, step.rung - 1)
    return release(seen, 'RecoveredAlone', `node ${run.spec.node.name} recovered by itself before it was treated`)
  }
  const treatment = treatmentAt(seen, step.rung)
  const drain = drainOf(seen, treatment.drain)
  const gates = treatGates(seen, treatment)
  const held = firstHeld(gates)
  const drained = movesAsItTreats(treatment) || skipsDrain(treatment, node.node) || isDrained(drain)
  if (drained && held === undefined) return begin(seen, treatment, step)
  if (isOverdue(seen, step)) return atDeadline(seen, step, { drain, held, drained })
  return keepDraining(seen, { drain, held, drained, gates })
}

/** To relieve is to move pods: before it none need leave. */
const movesAsItTreats = ({ relieve }: Treatment): boolean => relieve !== undefined

interface Draining extends AtDeadline {
  readonly gates: readonly GateAnswer[]
}

function keepDraining(seen: Observation, { drain, held, drained, gates }: Draining): Decision {
  const commands = drained || !mayDisrupt(seen) ? [] : evictions(drain, seen)
  const waitsFor = drainHeld(drain) ?? (drained || commands.length === 0 ? held : undefined)
  const state = drainState(drain, seen.run.drain)
  return stay('pods are leaving', { commands, wakeAfterMs: treatPollMs, held: waitsFor, gates, drain: state })
}

/** Blocked from outside, as soon as nothing else is moving. */
function drainHeld({ blocked }: Drain): Held | undefined {
  const [first] = blocked
  return first && { reason: first.reason, message: `${nameOf(first.pod)}: ${first.message}` }
}

interface AtDeadline {
  readonly drain: Drain
  readonly held: Held | undefined
  readonly drained: boolean
}

/** Proceed waives pods, never gates: what still holds leads to the people. */
function atDeadline(seen: Observation, step: StepNamed<'Draining'>, { drain, held, drained }: AtDeadline): Decision {
  const treatment = treatmentAt(seen, step.rung)
  if (drained)
    return quarantine(
      seen,
      'DrainDeadlinePassed',
      `${held?.reason ?? 'a gate'} held until the deadline: ${held?.message ?? ''}`,
    )
  const message = `at the drain's deadline ${leftInWords(drain)}`
  switch (treatment.drain.onDeadline) {
    case 'Proceed':
      return held === undefined
        ? begin(seen, treatment, step)
        : quarantine(seen, 'DrainDeadlinePassed', `${held.reason}: ${held.message}`)
    case 'Release':
      return release(seen, 'DrainDeadlinePassed', message)
    case 'Quarantine':
      return quarantine(seen, 'DrainDeadlinePassed', message)
    default:
      return unreachable(treatment.drain.onDeadline)
  }
}

/** The intent, with all that later evidence is compared to, is stored before the first effect goes out. */
function begin(seen: Observation, treatment: Treatment, { rung }: StepNamed<'Draining'>): Decision {
  if (kindOfTreatment(treatment) === 'quarantine')
    return quarantine(seen, 'TreatmentsExhausted', `rung ${treatment.name} asks for people`)
  const { node, now, run } = seen
  const claim = claimOf(seen)
  const next: Treating = {
    ...carried(seen),
    name: 'Treating',
    rung,
    deadline: later(now, seconds(treatmentTimeoutSeconds(treatment))),
    bootID: node.kind === 'Present' ? node.node.bootID : '',
    stage: firstStage(treatment),
    stageSince: now,
    attempt: 1,
    claim: claim && { name: claim.metadata.name, uid: claim.metadata.uid, pool: claim.nodePool },
    ended: undefined,
  }
  return move(next, 'TreatmentRequested', `rung ${treatment.name} begins on node ${run.spec.node.name}`)
}

function firstStage(treatment: Treatment): Treating['stage'] {
  if (treatment.relieve !== undefined) return 'Relieving'
  if (treatment.powerCycle !== undefined) return 'PoweringOff'
  return treatment.replace === undefined ? 'Ordering' : 'Deleting'
}
