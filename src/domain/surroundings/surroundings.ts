import type { Node } from '../../api/core/node.ts'
import type { GateName } from '../../api/gates.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Diagnosis, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Figures } from '../budget/figures.ts'
import { pass } from '../budget/gates.ts'
import { isActing } from '../policy/prepared-policy.ts'
import { windowOpen } from '../policy/window-open.ts'
import type { ActorsSeen } from './actors-seen.ts'
import { capacityThere, type RoomSeen, type SpareSeen } from './capacity-there.ts'
import { controlPlaneSafe, type VitalSeen } from './control-plane-safe.ts'
import { drainFeasible } from './drain-feasible.ts'
import type { DrainOutlook } from './drain-outlook.ts'
import { noOtherActor } from './no-other-actor.ts'
import { type ClaimsSeen, type PowerSeen, providerReady } from './provider-ready.ts'
import type { UpgradeSeen } from './upgrade.ts'

/** What stands around a node that has a diagnosis: worked out for such nodes only. */
export interface Surroundings {
  readonly actors: ActorsSeen
  readonly vital: VitalSeen
  readonly room: RoomSeen
  readonly drain: DrainOutlook
  readonly power: PowerSeen
  readonly claims: ClaimsSeen
  /** By name of the policies that select the node. */
  readonly byPolicy: Readonly<Record<string, PolicySurroundings>>
}

export interface PolicySurroundings {
  readonly figures: Figures
  /** Nodes that count as healthy there and are about to be cordoned by runs that have just begun. */
  readonly promised: number
  readonly upgrade: UpgradeSeen
  /** Undefined: the policy does not ask for spare nodes. */
  readonly spare: SpareSeen | undefined
}

export interface Beginning {
  readonly node: Node
  readonly now: Instant
  readonly policy: { readonly name: string; readonly spec: PolicySpec }
  readonly diagnosis: Pick<Diagnosis, 'name' | 'urgency' | 'treatments'>
  /** Runs on the node. */
  readonly runs: readonly NodeRemediation[]
  readonly around: Surroundings
}

/** The gates that look beyond the node's own signals; they change without a word from it, so that they are asked again and again. */
export function surroundingGates(begin: Beginning): readonly GateAnswer[] {
  const { node, now, policy, diagnosis, runs, around } = begin
  const ladder = ladderOf(policy.spec, diagnosis)
  const [treatment] = ladder
  const fleet = around.byPolicy[policy.name] ?? unseen(policy.name)
  const { minHealthy } = policy.spec.limits
  return [
    noOtherActor({ node, actors: around.actors, runs, upgrade: fleet.upgrade, now }),
    windowOpen({ policyName: policy.name, spec: policy.spec, diagnosis, now }),
    controlPlaneSafe(node, around.vital),
    capacityThere({ node, policyName: policy.name, minHealthy, treatment, room: around.room, ...fleet }),
    drainFeasible(around.drain, treatment, node),
    provider(begin, ladder),
  ]
}

export const gatesOfSurroundings = [
  'NoOtherActor',
  'WindowOpen',
  'ControlPlaneSafe',
  'CapacityThere',
  'DrainFeasible',
  'ProviderReady',
] as const satisfies readonly GateName[]

/**
 * A dead BMC must not drain a node for nothing. Where a later rung can be carried out the run may begin: it waits for the provider
 * before it touches anything, and passes over the rung whose provider stays away.
 */
function provider({ node, policy, around }: Beginning, ladder: readonly Treatment[]): GateAnswer {
  const { power, claims } = around
  const view = {
    node: { name: node.metadata.name, systemUUID: node.systemUUID },
    power,
    claims,
    load: { kind: 'NotAsked' } as const,
    acts: isActing(policy.spec),
  }
  const [first, ...later] = ladder
  if (first === undefined) return { gate: 'ProviderReady', result: 'NotReached' }
  const answer = providerReady(view, first)
  if (answer.result === 'Pass') return answer
  const other = later.find((rung) => rung.quarantine === undefined && providerReady(view, rung).result === 'Pass')
  if (other === undefined) return answer
  return pass(
    'ProviderReady',
    `rung ${other.name} can be carried out; ${first.name} cannot now: ${answer.message ?? ''}`,
  )
}

/** What a run would begin with. Undefined: the ladder names no rung that there is. */
export const firstRung = (spec: PolicySpec, diagnosis: Pick<Diagnosis, 'treatments'>): Treatment | undefined =>
  ladderOf(spec, diagnosis)[0]

const ladderOf = (spec: PolicySpec, { treatments }: Pick<Diagnosis, 'treatments'>): readonly Treatment[] =>
  treatments.flatMap((rung) => spec.treatments.filter(({ name }) => name === rung))

const unseen = (policyName: string): PolicySurroundings => ({
  figures: { kind: 'Doubtful', message: `the nodes of policy ${policyName} have not been counted` },
  promised: 0,
  upgrade: { versions: [], moving: undefined },
  spare: undefined,
})
