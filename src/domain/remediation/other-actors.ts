import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { hold } from '../budget/gates.ts'
import type { ActorsSeen } from '../surroundings/actors-seen.ts'
import { enoughStay } from '../surroundings/capacity-there.ts'
import { controlPlaneSafe, type VitalSeen } from '../surroundings/control-plane-safe.ts'
import { noOtherActor } from '../surroundings/no-other-actor.ts'
import { type Surroundings, surroundingGates } from '../surroundings/surroundings.ts'
import { isCordonedBy } from './cordon.ts'
import type { Decision } from './decision.ts'
import type { Observation } from './observation.ts'
import { release } from './outcome.ts'
import { rungOf, type Step } from './step.ts'

/** Who and what else is at the node, read live where a pod or a machine may be touched next. */
export interface RunSurroundings {
  readonly actors: ActorsSeen
  /** Runs on this node that were there before this one. */
  readonly elders: readonly NodeRemediation[]
  readonly vital: VitalSeen
  /** All that a start is asked about: for plans, and for what people ask for. Undefined: neither, or the node was not found. */
  readonly whole: Surroundings | undefined
}

/** Asked anew at every step that disrupts. An upgrade of the fleet that begins meanwhile stops no run. */
export function neighbourGates({ node, around, nowAtLeast: now }: Observation): readonly GateAnswer[] {
  if (node.kind !== 'Present') return []
  const { actors, elders, vital } = around
  return [
    noOtherActor({ node: node.node, actors, runs: elders, upgrade: undefined, now }),
    controlPlaneSafe(node.node, vital),
  ]
}

/** Until the node is taken, others may have gone: then one more is too many. Whose cordon stands is missing already. */
export function floorGates(seen: Observation, { attempted }: Pick<Step, 'attempted'>): readonly GateAnswer[] {
  const { node, shared, run, promised } = seen
  if (attempted || node.kind !== 'Present' || shared === undefined) return []
  if (run.spec.requestedBy !== undefined) return askedByHand(seen)
  const { figures, policyName, policy } = shared
  return [enoughStay({ figures, policyName, node: node.node, promised, minHealthy: policy.limits.minHealthy })]
}

const askedAtStartOnly: readonly string[] = ['WindowOpen', 'CapacityThere', 'DrainFeasible']

/** A run that a person asks for has passed no triage: what triage would have asked is asked here. */
function askedByHand(seen: Observation): readonly GateAnswer[] {
  if (seen.around.whole !== undefined) return startOnlyGates(seen)
  const message = `what stands around node ${seen.run.spec.node.name} has not been looked at`
  return [hold('CapacityThere', 'CapacityUnknown', { message, unblockedBy: 'the node is listed' })]
}

/** The gates that are asked at the start of a run and never again: of the rung that is due, as the run itself has it. */
export function startOnlyGates(seen: Observation): readonly GateAnswer[] {
  const { node, around, run, shared, step, nowAtLeast: now } = seen
  if (node.kind !== 'Present' || around.whole === undefined || shared === undefined) return []
  const { cause } = run.spec
  const treatments = run.spec.treatments.slice(rungOf(step))
  const answers = surroundingGates({
    node: node.node,
    now,
    policy: { name: shared.policyName, spec: { ...shared.policy, treatments } },
    diagnosis: { name: cause.diagnosis, urgency: cause.urgency, treatments: treatments.map(({ name }) => name) },
    runs: around.elders,
    around: around.whole,
  })
  return answers.filter(({ gate }) => askedAtStartOnly.includes(gate))
}

/** Before our cordon a node that somebody else has taken is theirs; after it the run holds, and does not undo their work. */
export function takenByOthers(seen: Observation): Decision | undefined {
  const { node, run } = seen
  if (node.kind !== 'Present' || isCordonedBy(node.node, run.uid)) return undefined
  const taken = neighbourGates(seen).find(({ gate, result }) => gate === 'NoOtherActor' && result !== 'Pass')
  if (taken === undefined || taken.reason === 'RunInProgress') return undefined
  return release(seen, 'OtherActorActive', `${taken.reason}: ${taken.message ?? ''}`)
}
