import type { NodeClaim } from '../../api/core/kinds.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { claimsOf, providerReady } from '../surroundings/provider-ready.ts'
import { loadOf } from './load.ts'
import type { Observation } from './observation.ts'

/** Whether the one who has to carry the treatment out answers, on these very reads. */
export function providerAnswer(seen: Observation, treatment: Treatment): GateAnswer {
  const { power, claims, services, run, shared } = seen
  const view = { power, claims, services, load: loadOf(seen, treatment), node: run.spec.node }
  return providerReady({ ...view, acts: shared?.policy.mode !== 'Observe' }, treatment)
}

/** The claim that stands for this very node. */
export const claimOf = ({ claims, run }: Observation): NodeClaim | undefined => claimsOf(claims, run.spec.node.name)[0]
