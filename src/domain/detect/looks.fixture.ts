import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { decide, type HealthDecision } from './decide.ts'
import { observation, storedBy } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'

/** Looks one after the other, each with the memory and the object of the one before. */
export function looks(...views: readonly Partial<HealthObservation>[]): {
  readonly decision: HealthDecision
  readonly health: NodeHealth | undefined
} {
  let decision: HealthDecision | undefined
  let health: NodeHealth | undefined
  for (const view of views) {
    decision = decide(observation({ memory: decision?.memory, stored: health, ...view }))
    health = storedBy(decision.command, health)
  }
  return { decision: decision ?? decide(observation()), health }
}
