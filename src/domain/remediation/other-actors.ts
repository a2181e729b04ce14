import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { ActorsSeen } from '../surroundings/actors-seen.ts'
import { enoughStay } from '../surroundings/capacity-there.ts'
import { controlPlaneSafe, type VitalSeen } from '../surroundings/control-plane-safe.ts'
import { noOtherActor } from '../surroundings/no-other-actor.ts'
import { type Surroundings, surroundingGates } from '../surroundings/surroundings.ts'
import { isCordonedBy } from './cordon.ts'
import type { Decision } from './decision.ts'
import type { Observation } from './observation.ts'
import { release } from './outcome.ts'
import type { Step } from './step.ts'

/** Who and what else is at the node, read live where a pod or a machine may be touched next. */
export interface RunSurroundings {
  readonly actors: ActorsSeen
  /** Runs on this node that were there before this one. */
  readonly elders: readonly NodeRemediation[]
  readonly vital: VitalSeen
  /** All that a start is asked about: for plans alone. Undefined: this run is none. */
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
export function floorGates(
  { node, shared }: Observation,
  { attempted }: Pick<Step, 'attempted'>,
): readonly GateAnswer[] {
  if (attempted || node.kind !== 'Present' || shared === undefined) return []
  const { figures, policyName, policy } = shared
  return [enoughStay({ figures, policyName, node: node.node, promised: 0, minHealthy: policy.limits.minHealthy })]
}

const askedAtStartOnly: readonly string[] = ['WindowOpen', 'CapacityThere', 'DrainFeasible']

/** What a plan says of the gates that are asked at the start of a run and never again. */
export function startOnlyGates({ node, around, run, shared, nowAtLeast: now }: Observation): readonly GateAnswer[] {
  if (node.kind !== 'Present' || around.whole === undefined || shared === undefined) return []
  const { cause, treatments } = run.spec
  const answers = surroundingGates({
    node: node.node,
    now,
    policy: { name: shared.policyName, spec: shared.policy },
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
