import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { ActorsSeen } from '../surroundings/actors-seen.ts'
import { controlPlaneSafe, type VitalSeen } from '../surroundings/control-plane-safe.ts'
import { noOtherActor } from '../surroundings/no-other-actor.ts'
import { isCordonedBy } from './cordon.ts'
import type { Decision } from './decision.ts'
import type { Observation } from './observation.ts'
import { release } from './outcome.ts'

/** Who and what else is at the node, read live where a pod or a machine may be touched next. */
export interface RunSurroundings {
  readonly actors: ActorsSeen
  /** Runs on this node that were there before this one. */
  readonly elders: readonly NodeRemediation[]
  readonly vital: VitalSeen
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

/** Before our cordon a node that somebody else has taken is theirs; after it the run holds, and does not undo their work. */
export function takenByOthers(seen: Observation): Decision | undefined {
  const { node, run } = seen
  if (node.kind !== 'Present' || isCordonedBy(node.node, run.uid)) return undefined
  const taken = neighbourGates(seen).find(({ gate, result }) => gate === 'NoOtherActor' && result !== 'Pass')
  if (taken === undefined || taken.reason === 'RunInProgress') return undefined
  return release(seen, 'OtherActorActive', `${taken.reason}: ${taken.message ?? ''}`)
}
